"""Sphinx's settings, and the directive that shows a docstring; `build.py` builds the site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import reference
import sources
from docstrings import INLINE, Block, blocks
from docutils import nodes
from docutils.parsers.rst import directives
from latex2mathml.converter import convert
from signatures import parameters
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import autograd

project = "chalkgrad"
copyright = "The chalkgrad authors"
release = version = autograd.__version__
extensions = ["myst_nb", "sphinx_copybutton", "sphinx.ext.linkcode"]
html_theme = "furo"
html_title = "chalkgrad"
html_static_path = ["static"]
html_css_files = ["style.css"]
html_show_sourcelink = html_copy_source = False
html_math_renderer = "mathml"
pygments_style, pygments_dark_style = "friendly", "monokai"
# The start page is the README; a heading of it, and of any notebook, is a target.
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "stage.anchor"
nb_execution_mode = "off"
# Headings of notebooks are their writers' own.
suppress_warnings = ["myst.header"]
add_module_names = smartquotes = False
toc_object_entries_show_parents = "hide"
maximum_signature_line_length = 240
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


class Documented(SphinxDirective):
    """``.. documented:: nn.Conv2d``: the docstring, with all other names of what it is about."""

    required_arguments = 1
    option_spec: ClassVar = {"first": directives.flag}

    def run(self) -> list[nodes.Node]:
        self.name = self.arguments[0]
        entry = reference.documented()[self.name]
        made = list(self.parts(list(self.said(entry))))
        return [*self.other_names(entry), *(made[:1] if "first" in self.options else made)]

    def said(self, entry: reference.Entry) -> Iterator[Block]:
        known = {one.name for one in parameters(entry.what, entry.kind)} if callable(entry.what) else set()
        if isinstance(entry.what, type):
            known |= {name for cls in entry.what.__mro__ for name in vars(cls)}
        return blocks(entry.text, frozenset(known))

    def parts(self, said: list[Block]) -> Iterator[nodes.Node]:
        """Nodes of the blocks: those of arguments and terms, which follow each other, are one list."""
        listed: nodes.definition_list | None = None
        for block in said:
            if block.kind not in ("argument", "term", "meaning"):
                listed = None
                yield self.part(block)
                continue
            if listed is None:
                listed = nodes.definition_list(classes=["arguments"])
                yield listed
            if block.kind == "argument":
                term = nodes.term()
                for name in block.names:
                    term += [nodes.literal(name, name), nodes.Text(", ")]
                term.pop()
                listed += nodes.definition_list_item("", term, self.defined(block.text))
            elif block.kind == "term":
                listed += nodes.definition_list_item("", nodes.term("", "", *self.inline(block.text)))
            else:
                listed[-1] += self.defined(block.text)

    def defined(self, text: str) -> nodes.definition:
        return nodes.definition("", nodes.paragraph("", "", *self.inline(text)))

    def part(self, block: Block) -> nodes.Node:
        if block.kind == "paragraph":
            return nodes.paragraph("", "", *self.inline(block.text))
        if block.kind == "derivative":
            lines = "\n".join(block.text.removesuffix(".").split("; "))
            formula = nodes.literal_block(lines, lines, language="text", classes=["formula"])
            return nodes.container("", nodes.paragraph("", "Derivative"), formula, classes=["derivative"])
        language = {"formula": "text", "code": "python", "example": "pycon"}[block.kind]
        return nodes.literal_block(block.text, block.text, language=language, classes=[block.kind])

    def inline(self, text: str) -> Iterator[nodes.Node]:
        """A line of text with its code and its names, which lead to where they are shown."""
        end = 0
        for found in INLINE.finditer(text):
            yield nodes.Text(text[end : found.start()])
            end = found.end()
            code, name, address = found["code"], found["name"], found["address"]
            if address:
                yield nodes.reference(address, address, refuri=address)
            elif code:
                yield nodes.literal(code, code)
            else:
                yield self.link(name)
        yield nodes.Text(text[end:])

    def link(self, text: str) -> nodes.Node:
        target = reference.meant(text, self.name)
        if target is None:
            return nodes.literal(text, text)
        shown = nodes.literal(text, text, classes=["xref", "py", "py-obj"])
        kind = {"refdomain": "py", "reftype": "obj", "reftarget": target, "refwarn": True}
        return addnodes.pending_xref("", shown, refdoc=self.env.docname, refexplicit=True, **kind)

    def other_names(self, entry: reference.Entry) -> Iterator[nodes.Node]:
        """A line with the other names of the same thing, each of which can be linked to and is in the index."""
        others = [name for name in entry.names if name != self.name and "." in name] if len(entry.names) > 1 else []
        if others:
            line = nodes.paragraph("", "also ", classes=["also"])
            for name in others:
                target = nodes.literal(
                    name, name.removeprefix("autograd.") if name.count(".") > 1 else name, ids=[name]
                )
                line += [target, nodes.Text(", ")]
                self.env.domains.python_domain.note_object(name, entry.kind, name, location=self.get_location())
                self.state.document.note_explicit_target(target)
            line.pop()
            yield line


def linkcode_resolve(domain: str, info: dict[str, str]) -> str | None:
    """The page with the source of what a signature is of."""
    entry = reference.documented().get(info["fullname"])
    return sources.address(entry) if entry else None


def visit_math(translator: nodes.NodeVisitor, node: nodes.math) -> None:
    display = "block" if isinstance(node, nodes.math_block) else "inline"
    translator.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    app.add_directive("documented", Documented)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math, None))
    app.connect("build-finished", sources.write)
