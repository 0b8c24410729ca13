"""The folder that `hook.inherit` puts on the path of the processes that a program starts."""
