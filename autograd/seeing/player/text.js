// What the player says, in English and in Russian. `{name}` is filled in.

const TEXTS = {
  en: {
    forward: "forward", backward: "backward", update: "update",
    call: "{op} makes {node}",
    start: "The walk back sets out from {node}",
    local: "{op} passes back to {parent}",
    accumulate: "The gradient of {parent} adds up",
    leaf: "The gradient has arrived at {node}",
    updated: "{optimizer} moves {node}",
    sayCall: "The op computes its result from its arguments, and keeps what its derivative will read.",
    sayStart: "The derivative of a result with respect to itself is 1, or what it was given.",
    sayLocal: "Chain rule: what came from above, times the derivative of this one call.",
    sayLocalArray: "Chain rule: what came from above goes through the derivative of this call.",
    sayAxes: "The argument was broadcast in the forward pass, so its gradient is the sum over axes {axes}.",
    sayFirst: "It is the first to reach {parent}, and so all of its gradient until now.",
    sayAccumulate: "{parent} is used more than once: contributions from every use are added.",
    sayLeaf: "Every use has passed back its part: this is what .grad gets.",
    sayUpdate: "A step against the gradient: {settings}.",
    sayUpdateOther: "{optimizer} makes its step of the gradient and of what it remembers: {settings}.",
    upstream: "upstream", localMap: "local derivative", product: "product", contribution: "contribution",
    before: "before", added: "added", after: "after", gradient: "gradient", value: "value",
    rule: "rule", line: "line", modules: "in", settings: "with",
    leaves: "Leaves", name: "name", sofar: "gradient so far", check: "finite differences",
    waiting: "waits", measured: "measured {measured} beside {gradient} at [{cell}]",
    along: "along the gradient: {measured} beside {norm}", unchecked: "not measured",
    noise: "0 up to rounding",
    mean: "mean", sampled: "shown: {left}", partFirst: "the first {kept} of {size} in dimension {axis}",
    partEvery: "one in {step} of the {size} in dimension {axis}", empty: "empty",
    search: "Find a node", graph: "Computation graph", slider: "Step", language: "Русский",
    theme: "Light or dark",
    first: "First step (Home)", back: "Step back (←)", play: "Play or pause (space)", next: "Next step (→), next node (n), next phase (p)",
    last: "Last step (End)", closer: "Zoom in (+)", farther: "Zoom out (−)", whole: "Whole graph (0)",
    frames: "Fold the innermost frames, or open all (f)", repeats: "Fold repeated steps, or open them (r)",
    position: "step {step} of {count}", done: "done", current: "now", pending: "to come",
    enter: "Open {op} (Enter)", leave: "Back to {op} that makes {name} (Escape)",
    hint: "Click a cell of the result: the cells that made it light up.",
  },
  ru: {
    forward: "вперёд", backward: "назад", update: "обновление",
    call: "{op} вычисляет {node}",
    start: "Обратный проход начинается с {node}",
    local: "{op} передаёт градиент в {parent}",
    accumulate: "Градиент {parent} накапливается",
    leaf: "Градиент дошёл до {node}",
    updated: "{optimizer} сдвигает {node}",
    sayCall: "Операция вычисляет результат из аргументов и сохраняет то, что понадобится её производной.",
    sayStart: "Производная результата по самому себе равна 1 (или тому, что задано).",
    sayLocal: "Цепное правило: пришедшее сверху умножается на производную этого одного вызова.",
    sayLocalArray: "Цепное правило: пришедшее сверху проходит через производную этого вызова.",
    sayAxes: "Аргумент был растянут (broadcast), поэтому его градиент — сумма по осям {axes}.",
    sayFirst: "До {parent} это дошло первым: пока это весь его градиент.",
    sayAccumulate: "{parent} используется несколько раз: вклады всех использований складываются.",
    sayLeaf: "Все использования передали свою часть: это и попадёт в .grad.",
    sayUpdate: "Шаг против градиента: {settings}.",
    sayUpdateOther: "{optimizer} делает шаг из градиента и того, что помнит: {settings}.",
    upstream: "сверху", localMap: "локальная производная", product: "произведение", contribution: "вклад",
    before: "до", added: "прибавляется", after: "после", gradient: "градиент", value: "значение",
    rule: "правило", line: "строка", modules: "в", settings: "с",
    leaves: "Листья", name: "имя", sofar: "градиент сейчас", check: "конечные разности",
    waiting: "ждёт", measured: "измерено {measured}, градиент {gradient} в [{cell}]",
    along: "вдоль градиента: {measured}, норма {norm}", unchecked: "не измерено",
    noise: "0 с точностью до округления",
    mean: "среднее", sampled: "показаны {left}", partFirst: "первые {kept} из {size} по измерению {axis}",
    partEvery: "каждый {step}-й из {size} по измерению {axis}", empty: "пусто",
    search: "Найти узел", graph: "Граф вычислений", slider: "Шаг", language: "English",
    theme: "Светлая или тёмная тема",
    first: "Первый шаг (Home)", back: "Шаг назад (←)", play: "Пуск или пауза (пробел)", next: "Следующий шаг (→), следующий узел (n), следующая фаза (p)",
    last: "Последний шаг (End)", closer: "Ближе (+)", farther: "Дальше (−)", whole: "Весь граф (0)",
    frames: "Свернуть внутренние рамки или открыть все (f)", repeats: "Свернуть повторы или открыть их (r)",
    position: "шаг {step} из {count}", done: "пройдено", current: "сейчас", pending: "впереди",
    enter: "Открыть {op} (Enter)", leave: "Назад к {op}, что вычисляет {name} (Escape)",
    hint: "Щёлкните клетку результата: подсветятся клетки, из которых она получена.",
  },
};

let language = "en";

export const languageNow = () => language;

export function setLanguage(name) {
  language = name in TEXTS ? name : "en";
  document.documentElement.lang = language;
}

export const t = (key, values = {}) => TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
