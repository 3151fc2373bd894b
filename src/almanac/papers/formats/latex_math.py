"""Mathematics in LaTeX as it would be read aloud: 8$\\times$H100 is 8×H100."""

from __future__ import annotations

import re
from functools import lru_cache

SYMBOLS = {
    "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "sim": "~", "approx": "≈", "simeq": "≈", "leq": "≤", "le": "≤",
    "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "ll": "≪", "gg": "≫", "infty": "∞", "to": "→", "rightarrow": "→",
    "Rightarrow": "⇒", "leftarrow": "←", "gets": "←", "in": "∈", "div": "÷", "ast": "*", "star": "⋆", "dagger": "†",
    "ddagger": "‡", "S": "§", "P": "¶", "circ": "°", "degree": "°", "mu": "μ", "micro": "μ", "alpha": "α", "beta": "β",
    "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ", "nu": "ν",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ",
    "Omega": "Ω", "Sigma": "Σ", "Theta": "Θ", "Lambda": "Λ", "Phi": "Φ", "ldots": "…", "dots": "…", "cdots": "…",
    "textellipsis": "…", "textbackslash": "\\", "textasciitilde": "~", "texttildelow": "~", "textapprox": "~",
    "textless": "<", "textgreater": ">", "textunderscore": "_", "textbar": "|", "textdegree": "°", "texttimes": "×",
    "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "copyright": "©", "textmu": "μ", "textpm": "±",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "textquotesingle": "'",
    "textquotedblleft": "“", "textquotedblright": "”", "euro": "€", "pounds": "£", "percent": "%", "LaTeX": "LaTeX",
    "TeX": "TeX", "BibTeX": "BibTeX", "quad": " ", "qquad": " ", "space": " ", "xspace": "", "ss": "ß", "ae": "æ",
    "AE": "Æ", "o": "ø", "O": "Ø", "oe": "œ", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å", "i": "ı", "langle": "⟨",
    "rangle": "⟩", "sum": "∑", "prod": "∏", "partial": "∂", "nabla": "∇", "slash": "/", "lbrack": "[", "rbrack": "]",
    "lbrace": "{", "rbrace": "}", "checkmark": "✓", "cmark": "✓", "xmark": "✗", "newline": "\n", "tabularnewline": "\n",
    "log": "log", "exp": "exp", "min": "min", "max": "max", "arg": "arg", "ln": "ln", "sin": "sin", "cos": "cos",
    "det": "det", "lim": "lim", "mid": "|", "cup": "∪", "cap": "∩", "subset": "⊂", "equiv": "≡", "ell": "ℓ",
}  # fmt: skip
"""What a command prints. Commands that are not here print nothing but their arguments."""

_SPACE = re.compile(r"\\[,;:> ]|(?<!\\)~|\\!")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SCRIPT = re.compile(r"([\^_])\s*\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([^A-Za-z])")


@lru_cache(4096)
def plain_math(formula: str) -> str:
    """The symbols of a formula: no braces, no commands.

    >>> plain_math(r"8\\times")
    '8×'
    """
    if "\\" in formula or "~" in formula:
        text = _SPACE.sub(lambda found: "" if found[0] == "\\!" else " ", formula)
        text = _FRACTION.sub(r"\1/\2", text)
        text = _COMMAND.sub(symbol, text)
        text = _ESCAPED.sub(r"\1", text)
    else:
        text = formula
    if "{" in text or "}" in text:
        text = _SCRIPT.sub(r"\1\2", text).replace("{", "").replace("}", "")
    return text


def symbol(command: re.Match[str]) -> str:
    """What a command prints."""
    return SYMBOLS.get(command[1], "")
