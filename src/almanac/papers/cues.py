"""Cues: the words around a name that tell whether the authors ran on it. Each has a name, a weight and a reason.

The verdict on a mention is the sum of the weights of the cues that are there, so that every decision can be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from almanac.papers.context import Context


class Side(Enum):
    """Where a cue is looked for: in the whole sentence, or close to the name."""

    SENTENCE = "sentence"
    BEFORE = "before"
    NEAR_BEFORE = "just before"
    AFTER = "after"
    NEAR_AFTER = "just after"


NEAR = 60
"""Characters that count as close."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One reason for or against: when `pattern` is found on `side` of the name, `weight` is added."""

    name: str
    weight: float
    side: Side
    pattern: re.Pattern[str]

    def found(self, context: Context) -> bool:
        return self.pattern.search(_words(context, self.side)) is not None


def _words(context: Context, side: Side) -> str:
    match side:
        case Side.SENTENCE:
            return context.sentence
        case Side.BEFORE:
            return context.before
        case Side.NEAR_BEFORE:
            return context.before[-NEAR:]
        case Side.AFTER:
            return context.after
        case Side.NEAR_AFTER:
            return context.after[:NEAR]


def _cue(name: str, weight: float, side: Side, pattern: str) -> Cue:
    return Cue(name, weight, side, re.compile(pattern, re.I))


RAN = (
    r"train(?:ed|ing|s)?|re-?train\w*|pre-?train\w*|fine-?tun\w+|ran|run(?:s|ning)?|conduct(?:ed|ing)?|perform(?:ed|ing)?|carried out|implement(?:ed|ation|ations)?|"
    r"evaluat(?:ed|ion|ions|ing)|measur(?:ed|ements?|ing)|tested|benchmark(?:ed|s|ing)?|execut(?:ed|ion|ing)|computed|simulat(?:ed|ion|ions|ing)|"
    r"timed|timings?|deployed|rendered|processed|obtained|profil(?:ed|ing)|optimi[sz]ed|accelerated|experiments?|inference|generat(?:ed|ing)"
)

AUTHORS = "the authors speak of themselves"
OF_OTHERS = frozenset({"others did", "others ran", "others are the subject", "they, not we"})
"""Cues that count only where the authors do not speak of themselves."""

CITED = "others did"
"""The cue that a sentence cites somebody, who may have made no more than the software."""

CUES: tuple[Cue, ...] = (
    _cue(AUTHORS, 1.5, Side.SENTENCE, r"\b(?:we|our|ours|us)\b|\bin this (?:paper|work|study)\b|我们|本文"),
    _cue("something was run", 1.0, Side.SENTENCE, rf"\b(?:{RAN})\b|训练|推理|实验"),
    _cue("run on it", 1.0, Side.NEAR_BEFORE, r"\b(?:on|using|with|by|via|used|use|utili[sz]\w+|employ\w*|across|over|featur\w+|access to)\b[\s\S]{0,58}$|在[^。]{0,20}$"),
    _cue("a machine that has it", 1.0, Side.BEFORE, r"\b(?:equipped|machines?|servers?|workstations?|nodes?|cluster|desktop|laptop|pc|computer|platform|environment|hardware|infrastructure|instances?|system)\b[\s\S]{0,80}$"),
    _cue("a list of a machine's parts", 1.0, Side.SENTENCE, r"\b(?:cpus?|xeon|core i\d|i[579]-\d+|epyc|ryzen|threadripper|ram|ubuntu|linux|windows 1\d|pytorch|tensorflow|cuda \d)\b"),
    _cue("an entry of a form", 1.0, Side.NEAR_BEFORE, r"(?:gpus?|gpu models?|hardware|device|accelerator|compute|machine|platform|type)\W{0,3}(?::|\||=|—|–)\s*[^:|]{0,30}$"),
    _cue("how many", 0.7, Side.NEAR_BEFORE, r"(?:\b(?:\d+|an?|one|two|three|four|six|eight|ten|sixteen|single)\b|[x×])[\s\w-]{0,20}$"),
    _cue("given to the authors", 4.0, Side.SENTENCE, r"\b(?:donat\w+|gift(?:ed)?|gratefully|hardware grant|gpu grant|(?:thank|acknowledg)\w*\b.{0,80}\b(?:provid|support|access|use of|grant)\w*)"),
    _cue("said by a checklist", 1.0, Side.SENTENCE, r"\[yes\]|answer: ?yes|compute resources"),
    # against
    _cue("an example", -3.5, Side.NEAR_BEFORE, r"(?:such as|e\.\s?g\.?,?|for example,?|for instance,?|\blike|including|\bsay,?)\s[^.;:()]{0,40}$"),
    _cue("could be run", -2.0, Side.BEFORE, r"\b(?:can|could|may|might|would|should|able to|possible|allow\w*|enabl\w+|feasible|suitable|designed for|intended|capable|potential\w*)\b[\s\S]{0,70}$"),
    _cue("is needed", -1.5, Side.BEFORE, r"\b(?:requir\w+|needs?|needed|necessary|demand\w*|fits? (?:in|on|into)|at least)\b[\s\S]{0,60}$"),
    _cue("consumer hardware in general", -2.0, Side.NEAR_BEFORE, r"\b(?:consumer|commodity|commodit\w+|modern|today'?s|typical|recent|popular|off-the-shelf|affordable|standard|high-end|mobile|edge|specialized)\b[\s\S]{0,50}$"),
    _cue("others did", -3.2, Side.BEFORE, r"(?:et al\.?,?\]?\)?|\(\d{4}[a-z]?\)|\b(?:19|20)\d\d[a-z]?\)|\[\d{1,3}(?:,\s*\d{1,3})*\]|\\cite\w*\{[^}]*\})[\s\S]{0,200}$"),
    _cue("others are the subject", -2.5, Side.BEFORE, r"^\W*(?:\w+[’']?\w*,? )?\[?[A-Z][\w’'-]+ (?:(?:and|&) [A-Z][\w’'-]+|et al)\b"),
    _cue("others ran", -2.0, Side.BEFORE, r"et al\.?,?\W{0,3}(?:\d{4}[a-z]?\W{1,3})?(?:also |both |only )?(?:pre-?train|train|us(?:e|ed|ing)\b|report|requir|run|ran|need|took|take|evaluat|fine-?tun|perform|conduct)"),
    _cue("they, not we", -1.5, Side.SENTENCE, r"\b(?:they|their|authors of|originally|original (?:paper|implementation|authors?)|previous(?:ly)?|prior (?:work|art)|reported|reports|according to|existing|concurrent)\b"),
    _cue("set against", -1.0, Side.BEFORE, r"\b(?:compared? (?:to|with)|in contrast|versus|vs\.?|than|whereas|unlike|opposed to|instead of|rather than|equivalent)\b[\s\S]{0,60}$"),
    _cue("a product", -1.5, Side.SENTENCE, r"\b(?:announc\w+|releas\w+ by|introduc\w+ by|launch\w+|market|manufactur\w+|theoretical peak|data ?sheet|white ?paper|supports? for|peak (?:performance|throughput) of|tensor cores? (?:in|of|on)|architectures? (?:of|like)|compute capability|instruction set)\b"),
    _cue("to come", -3.0, Side.BEFORE, r"\b(?:future (?:work|hardware|generation)|plan(?:ned|s|ning)? (?:to|on|for)|will (?:be|port|explore|support|run)|porting|next[- ]generation|upcoming|envision)\b[\s\S]{0,80}$"),
    _cue("to come", -3.0, Side.AFTER, r"\bin (?:the )?future\b|\bin development\b|\bfuture work\b"),
    _cue("denied", -4.0, Side.NEAR_BEFORE, r"\b(?:no|not|never|without|neither|nor|lack of|absence of)\b[^.;,]{0,40}$"),
    _cue("an estimate of costs", -1.5, Side.SENTENCE, r"\b(?:estimat\w+|assum\w+|rental|per hour|on-demand price|market price|\$\s?\d|usd|cloud pric\w+|carbon|co2)\b"),
)  # fmt: skip

REFERENCE = (
    re.compile(r"\barxiv (?:preprint|e-?print)|\babs/\d{4}\.|\barxiv:\s?\d{4}\.", re.I),
    re.compile(r"\b(?:19|20)\d\d[a-z]?\b"),
    re.compile(r"\barxiv\b|\bcorr\b|\bpreprint\b|\bdoi\b|\burl\b|https?:", re.I),
    re.compile(
        r"\bproceedings\b|\bproc\.|\bconference\b|\bjournal\b|\btrans(?:actions)?\b|\bieee\b|\bacm\b|\badvances in\b|\bworkshop\b|\bpp?\.\s?\d|\bvol\.|\bin \*|\bpages\b",
        re.I,
    ),
    re.compile(r"\b[A-Z]\.(?:[ -]?[A-Z]\.)?,? (?:and )?[A-Z][a-z]+|[A-Z][a-z]+, [A-Z]\.|\bet al\.?[,:]"),
    re.compile(r"^\W*(?:\[\d{1,3}\]|\d{1,3}\.)\s|^\W*[A-Z][\w’'-]+ [A-Z][\w’'-]+(?:, [A-Z][\w’'.-]+ [A-Z][\w’'-]+)+"),
)
"""What an entry of a bibliography has."""

DATED = re.compile(r",?\s(?:19|20)\d\d[a-z]?\.\s*$")
"""How many an entry ends."""


def reference_marks(words: str) -> int:
    """How many of the marks of a bibliography entry stand in `words`."""
    return sum(mark.search(words) is not None for mark in REFERENCE)


def entry(context: Context) -> str:
    """As much around a name as an entry of a bibliography may hold, within its sentence and the next."""
    return context.before[-220:] + context.name + context.after[:220] + context.next[:80]
