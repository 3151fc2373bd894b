"""Readers of papers: what each makes of a document that is as it should be."""

import bz2
import gzip
import json
import lzma
from pathlib import Path

import pytest

import paperfiles as files
from almanac.papers.formats import Limits, parse_papers, read_papers, walk
from almanac.papers.formats.latex_math import plain_math
from almanac.papers.formats.mending import decode, mended
from almanac.papers.formats.naming import doc_id
from almanac.papers.paper import Paper, Part, Unread


def paper(data: bytes | str, name: str = "p") -> Paper:
    (found,) = parse_papers(data.encode() if isinstance(data, str) else data, name)
    assert isinstance(found, Paper), found
    return found


def parts(found: Paper) -> dict[Part, str]:
    texts: dict[Part, str] = {}
    for section in found.sections:
        texts[section.part] = texts.get(section.part, "") + found.text[section.start : section.end]
    return texts


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(start))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grobid-868398v2.full.tei.xml", "grobid-868398v2.full"),
        ("plos-journal.pone.0002554.xml.gz", "plos-journal.pone.0002554"),
        ("juliacon-10.21105.jcon.00061.pdf.gz", "juliacon-10.21105.jcon.00061"),
        ("pmlr-v1.txt.gz", "pmlr-v1"),
        ("a/b/2301.01234v2.tar.gz", "2301.01234v2"),
        ("s\\win\\x.JSONL", "x"),
        (".txt", ".txt"),
        ("noextension", "noextension"),
    ],
)
def test_a_paper_is_called_by_its_name_without_known_extensions(name: str, expected: str) -> None:
    assert doc_id(name) == expected


TEX = r"""\documentclass{article}
\newcommand{\chip}{NVIDIA A100\xspace}\def\gpus{8$\times$H100}\newcommand{\todo}[1]{\textcolor{red}{#1}}
\title{A \emph{Good} Title}\author{A. M\"uller\thanks{Paid by X.}}
\begin{document}\maketitle
\begin{abstract}We show it.\end{abstract}
\section{Introduction}\label{sec:i}
% trained on B200
We trained on 8$\times$H100, $4\times$ A100~GPUs, \textbf{V100} and \texttt{RTX 3090}\footnote{See \url{http://x/z%20a}.} for 3 days~\cite{a,b}.
With \SI{80}{GB}, \qty{40}{\giga\byte}, 50\% of \chip{} GPUs. {\bf TITAN X} and \gpus\ were used. \verb|x_1{|

\begin{table}[t]\centering\caption{Cost on \textbf{P100} cards.}
\begin{tabular}{@{}l|cc@{}}\toprule
Model \& size & GPUs & \multicolumn{2}{c}{Hours} \\ \midrule
Base & 8 V100 & 12 & \multirow{2}{*}{3} \\[2pt]
\end{tabular}\end{table}
\begin{lstlisting}[language=Python]
x = {"gpu": "A10"} # 50% \textbf
\end{lstlisting}
\section*{Acknowledgements}
NVIDIA donated a Titan Xp.
\begin{thebibliography}{9}\bibitem[A(2020)]{a} Someone. A paper on TPUs.\end{thebibliography}
\appendix
\section{Details}
It took 5 GPU-hours.
\end{document}
after the end"""


INTRODUCTION, DETAILS = "\\section{Intro", "\\section{Details}"


def test_latex_reads_as_the_page_would() -> None:
    found = paper(TEX, "2301.01234.tex")
    assert (found.format, found.title, found.arxiv, found.year) == ("latex", "A Good Title", "2301.01234", 2023)
    for words in (
        "We trained on 8×H100, 4× A100 GPUs, V100 and RTX 3090 for 3 days",
        "With 80 GB, 40 GB, 50% of NVIDIA A100 GPUs. TITAN X and 8×H100 were used. x_1{",
        "See http://x/z%20a.",
        "A. Müller",
    ):
        assert words in found.text
    assert not any(words in found.text for words in ("B200", "sec:i", "\\section", "after the end", "toprule"))
    told = parts(found)
    assert "Model & size\tGPUs\tHours\nBase\t8 V100\t12\t3" in told[Part.TABLE]
    assert told[Part.CAPTION].strip() == "Cost on P100 cards."
    assert told[Part.CODE].strip() == 'x = {"gpu": "A10"} # 50% \\textbf'
    assert "Titan Xp" in told[Part.ACKNOWLEDGEMENTS]
    assert "on TPUs" in told[Part.BIBLIOGRAPHY]
    assert "5 GPU-hours" in told[Part.APPENDIX]
    assert "We show it" in told[Part.FRONT]


def test_latex_leads_back_to_the_line() -> None:
    found = paper(TEX, "x.tex")
    assert found.locate(found.text.index("We trained"))[0] == f"x.tex line {line_of(TEX, INTRODUCTION)}"
    assert found.locate(found.text.index("5 GPU-hours"))[0] == f"x.tex line {line_of(TEX, DETAILS)}"


def test_a_source_archive_is_one_paper_with_its_inclusions() -> None:
    main = r"\documentclass{article}\begin{document}\section{A}\input{parts/setup}\include{no/such}\bibliography{refs}\end{document}"
    data = files.tar(
        {
            "paper.tex": main.encode(),
            "parts/setup.tex": rb"Trained on 8 TPUs. \input{../paper}",
            "paper.bbl": rb"\begin{thebibliography}{1}\bibitem{a} Ref.\end{thebibliography}",
            "style.sty": b"x",
            "fig.pdf": files.pdf("axis"),
            "fig.png": b"\x89PNG\r\n\x1a\n",
            "old.tex": b"never included",
        }
    )
    found = list(parse_papers(data, "2301.01234v2.tar.gz"))
    (one,) = [p for p in found if isinstance(p, Paper)]
    assert (one.doc_id, one.arxiv) == ("2301.01234v2", "2301.01234")
    assert "Trained on 8 TPUs." in one.text
    assert "Ref." in parts(one)[Part.BIBLIOGRAPHY]
    rest = [p for p in found if isinstance(p, Unread)]
    assert all(p.skipped for p in rest)
    assert sorted(p.source.rpartition("!")[2] for p in rest) == ["fig.pdf", "fig.png", "old.tex", "style.sty"]
    assert one.locate(one.text.index("Trained"))[0] == "parts/setup.tex line 1"


def test_latex_includes_nothing_from_outside_the_archive(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("SECRET")
    main = (
        r"\documentclass{a}\begin{document}words \input{../secret}\input{%s/secret}\input{/etc/hostname}\end{document}"
    )
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "m.tex").write_text(main % tmp_path)
    (found,) = read_papers(tmp_path / "d" / "m.tex")
    assert isinstance(found, Paper)
    assert found.text.strip() == "words"


JATS = """<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD" "http://x.invalid/y.dtd">
<article><front><article-meta><article-id pub-id-type="doi">10.1/x</article-id><title-group><article-title>On <italic>X</italic></article-title></title-group>
<pub-date pub-type="collection"><year>2011</year></pub-date><pub-date pub-type="epub"><year>2010</year></pub-date>
<abstract><p>Short.</p></abstract></article-meta></front><body><sec><title>Methods</title>
<p>GPUs<xref ref-type="fn" rid="f">1</xref> with 10<sup>6</sup> steps on V100<sup>1</sup>, m<sup>2</sup>, the 1<sup>st</sup> K80&nbsp;card at
5&#160;days <xref ref-type="bibr">[7]</xref>.</p>
<table-wrap><label>Table 1</label><caption><p>Cards.</p></caption><table><tr><th>GPU</th><th>n</th></tr><tr><td>P100</td><td>8</td></tr></table></table-wrap>
</sec></body><back><ack><p>Thanks.</p></ack><app-group><app><title>More</title><p>Extra.</p></app></app-group>
<ref-list><ref><label>7</label><mixed-citation>Cited 2001.</mixed-citation></ref></ref-list></back></article>"""


def test_jats() -> None:
    found = paper(JATS)
    assert (found.format, found.title, found.doi) == ("jats", "On X", "10.1/x")
    assert (found.year, found.year_evidence) == (2010, "pub-date of epub")
    assert "GPUs with 10^6 steps on V100^1, m, the 1st K80 card at 5 days [7]." in found.text
    told = parts(found)
    assert told[Part.TABLE].strip() == "GPU\tn\nP100\t8"
    assert told[Part.CAPTION].strip() == "Table 1 Cards."
    assert told[Part.ACKNOWLEDGEMENTS].strip() == "Thanks."
    assert told[Part.APPENDIX].split("\n")[:2] == ["More", "Extra."]
    assert "Cited 2001." in told[Part.BIBLIOGRAPHY]
    assert found.locate(found.text.index("GPUs with"))[0] == "section Methods"


def test_tei_with_and_without_namespace() -> None:
    body = """<text><body><div><head n="3">Setup</head><p>An Am-<lb/>pere card<ref type="foot">2</ref>, see <ref type="biblio">[3]</ref><ref type="biblio">4</ref>.</p></div>
    <figure type="table"><head>Table 1</head><table><row><cell>a</cell><cell>b</cell></row></table></figure></body>
    <back><div type="acknowledgement"><div><head>Acks</head><p>NVIDIA.</p></div></div><div type="references"><listBibl><biblStruct><title>Old</title></biblStruct></listBibl></div></back></text>"""
    header = '<teiHeader><fileDesc><titleStmt><title>T</title></titleStmt><sourceDesc><biblStruct><monogr><imprint><date when="2019-03"/></imprint></monogr></biblStruct></sourceDesc></fileDesc></teiHeader>'
    for start in ("<tei>", '<TEI xmlns="http://www.tei-c.org/ns/1.0">'):
        found = paper(start + header + body + f"</{start[1:4]}>")
        assert (found.format, found.title, found.year) == ("tei", "T", 2019)
        assert "3 Setup\nAn Ampere card, see [3]." in found.text
        told = parts(found)
        assert "a\tb" in told[Part.TABLE]
        assert "NVIDIA." in told[Part.ACKNOWLEDGEMENTS]
        assert "Old" in told[Part.BIBLIOGRAPHY]


def test_html() -> None:
    found = paper(
        "<!DOCTYPE html><html><head><title>No</title><meta name='citation_date' content='2024/05/01'><script>bad()</script></head><body>"
        "<h1 class='ltx_title ltx_title_document'>Real</h1><section><h2>1 Setup</h2><p>On 8<math alttext='\\times'><mo>×</mo></math>A100<br>GPUs"
        "<span class='ltx_note ltx_role_footnote'><sup class='ltx_note_mark'>1</sup><span class='ltx_note_outer'><span class='ltx_note_content'>Note.</span></span></span>.</p>"
        "<pre>a\n  b</pre><table><tr><td>x<td>y</table></section><section class='ltx_bibliography'><h2>References</h2><p>Ref.</p></section>"
    )
    assert (found.format, found.title, found.year) == ("html", "Real", 2024)
    assert "On 8×A100 GPUs (Note.)." in found.text
    assert "bad()" not in found.text
    told = parts(found)
    assert told[Part.CODE].strip("\n") == "a\n  b"
    assert told[Part.TABLE].strip() == "x\ty"
    assert "Ref." in told[Part.BIBLIOGRAPHY]


MARKDOWN = """# A Paper

A. Author<sup>1</sup>

## Abstract

Trained on **8** A100 GPUs<sup>2</sup>, `8 x` and $8\\times$ V100, 8 $\\times$ T4, 10<sup>6</sup> steps; $5 and $6. See [\\[8\\]](#page-1) a_b *it*.

## 2. Setup

| GPU | n |
|-----|---|
| P100 | 8<br>9 |

```
x = "K80"
```

Table 1: Cards.

## Acknowledgments

Thanks.

# References

- Old.

## A. More

Extra.
"""


def test_markdown() -> None:
    found = paper(MARKDOWN)
    assert (found.format, found.title) == ("markdown", "A Paper")
    assert "Trained on 8 A100 GPUs, `8 x` and 8× V100, 8 × T4, 10^6 steps; $5 and $6. See [8] a_b it." in found.text
    told = parts(found)
    assert told[Part.TABLE].split() == ["GPU", "n", "P100", "8", "9"]
    assert "K80" in told[Part.CODE]
    assert told[Part.CAPTION] == "Table 1: Cards."
    assert "Thanks." in told[Part.ACKNOWLEDGEMENTS]
    assert "Old." in told[Part.BIBLIOGRAPHY]
    assert "Extra." in told[Part.APPENDIX]
    assert "Abstract" in told[Part.FRONT]
    assert found.locate(found.text.index("P100"))[0] == f"line {line_of(MARKDOWN, '| GPU')}"
    where, offset = found.locate(found.text.index("Thanks."))
    assert (where, offset) == (f"line {line_of(MARKDOWN, 'Thanks.')}", MARKDOWN.index("Thanks."))


def test_plain_text_tells_no_sections_and_leads_back() -> None:
    original = "A line of text\nAn Am-\npere and an RTX-\n2080, fine-\ntuned, Eﬃcient\u00a0NVI-\nDIA\n- a\n-\n- b"
    found = paper(original)
    assert (found.format, found.sections) == ("text", ())
    assert found.text == "A line of text\nAn Ampere and an RTX-2080, fine-tuned, Efficient NVIDIA\n- a\n-\n- b"
    for word in ("Am", "pere", "RTX-", "2080", "cient", "DIA", "- b"):
        assert found.locate(found.text.index(word))[1] == original.index(word)


def test_pdf_pages_and_hyphens() -> None:
    found = paper(files.pdf("Trained on a sin-\ngle A100 card", "second page"))
    assert (found.format, found.sections) == ("pdf", ())
    assert "a single A100 card" in found.text
    assert found.locate(found.text.index("second"))[0] == "page 2"


RECORDS = {
    "scirex": ({"doc_id": "r", "words": ["On", "8", "RTX", "-", "2080", "cards", "(", "V100", ")", "."], "sentences": [[0, 10]], "sections": [[0, 10]]},
               "On 8 RTX-2080 cards (V100)."),
    "sciduet": ({"id": "r", "title": "T", "abstract": "A.", "text": [{"id": "0", "string": "On K80."}], "headers": [{"section": "S", "start": "0"}]},
                "T\nA.\nOn K80."),
    "unarxive": ({"paper_id": "r", "abstract": {"text": "A."}, "body_text": [{"section": "S", "text": "On 8{{formula:f}}A100{{cite:c}}."}],
                  "ref_entries": {"f": {"latex": "\\times"}}, "bib_entries": {"c": {"bib_entry_raw": "Old."}}}, "A.\nS\nOn 8×A100.\nOld."),
    "s2orc": ({"paper_id": "r", "metadata": {"title": "T", "year": 2017}, "grobid_parse": {"abstract": [{"text": "A."}], "body_text": [{"section": "S", "text": "On T4."}]}},
              "T\nA.\nS\nOn T4."),
    "s2orc2": ({"corpusid": "r", "content": {"text": "On P40."}}, "On P40."),
    "bamboo": ({"id": "r", "content": "Intro\nOn P100."}, "Intro\nOn P100."),
}  # fmt: skip


@pytest.mark.parametrize("schema", RECORDS)
def test_json_schemas(schema: str) -> None:
    record, expected = RECORDS[schema]
    found = paper(json.dumps(record), "file.json")
    assert (found.doc_id, found.format) == ("file", "json")
    assert found.text.strip() == expected


def test_json_places_and_year() -> None:
    found = paper(json.dumps(RECORDS["s2orc"][0]))
    assert found.locate(found.text.index("On T4"))[0] == "grobid_parse.body_text[0].text"
    assert (found.year, found.year_evidence) == (2017, "field year")


def test_json_lines_name_each_record_and_lose_none() -> None:
    lines = [json.dumps(RECORDS["bamboo"][0]), "{broken", "", json.dumps({"content": "words"}), json.dumps({"x": 1})]
    found = list(parse_papers("\n".join(lines).encode(), "d/all.jsonl"))
    assert [p.doc_id for p in found if isinstance(p, Paper)] == ["r", "all#4"]
    assert [p.source for p in found if isinstance(p, Unread)] == ["d/all.jsonl#2", "d/all.jsonl#5"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_documents(pack: object) -> None:
    assert callable(pack)
    assert paper(pack(b"some plain words"), "a.txt.gz").doc_id == "a"


def test_archives_of_many_papers_in_two_formats_and_one_deep() -> None:
    inner = files.zipped({"x/one.txt": b"first paper", "two.md": b"# A\n\n## B\n\n**c**\n\n[d](e)"})
    for data in (files.tar({"in.zip": inner, "three.xml": JATS.encode(), "README.md": b"# about"}),
                 files.zipped({"in.zip": inner, "three.xml": JATS.encode(), "README.md": b"# about"})):  # fmt: skip
        found = list(parse_papers(data, "all"))
        assert sorted(p.doc_id for p in found if isinstance(p, Paper)) == ["one", "three", "two"]
        assert [(p.source, p.skipped) for p in found if isinstance(p, Unread)] == [("all!README.md", True)]


def test_several_sources_in_one_archive_are_several_papers() -> None:
    tex = rb"\documentclass{a}\begin{document}\section{S} words %s\end{document}"
    data = files.tar({f"{n}.tex": tex % n.encode() for n in "ab"} | {"c/main.tex": tex % b"c"})
    assert sorted(p.doc_id for p in parse_papers(data, "all.tar.gz") if isinstance(p, Paper)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "year", "words"),
    [
        ("Published as a conference paper at ICLR 2022\nTITLE", 2022, "ICLR 2022"),
        ("36th Conference on Neural Information Processing Systems (NeurIPS 2022).", 2022, "NeurIPS 2022"),
        ("Proceedings of Machine Learning Research 102:15–26, 2019\nT", 2019, "102:15–26, 2019"),
        ("T\nCopyright © 2020 by the authors", 2020, "© 2020"),
        ("T\nReceived 3 May 2018; Accepted 7 June 2019", 2018, "Received 3 May 2018"),
        ("arXiv:1706.03762v5 [cs.CL] 6 Dec 2017", 2017, "arXiv id 1706.03762"),
        ("A. Author\nMarch 12, 2015\n", 2015, "March 12, 2015"),
        ("As Smith (2017) showed, and (Liu et al., 2019); 2018 was warm; $2019; 2020.5", None, ""),
        ("It was originally published in 1978.", None, ""),
        ("See arXiv:1412.6980 and NeurIPS.", None, ""),
    ],
)  # fmt: skip
def test_the_year_is_what_is_printed_and_never_a_guess(text: str, year: int | None, words: str) -> None:
    found = paper("Some words first.\n" + text + "\n")
    assert found.year == year
    assert words in found.year_evidence


def test_doi_is_read_where_it_says_so() -> None:
    assert paper("A title here\nhttps://doi.org/10.5281/zenodo.316.").doi == "10.5281/zenodo.316"
    assert paper("A ratio of 10.1234/x is none").doi is None


def test_formats_are_recognised_by_content() -> None:
    for data, name, expected in (
        (files.pdf("some words"), "x.txt", "pdf"),
        (JATS.encode(), "x.pdf", "jats"),
        (TEX.encode(), "x.md", "latex"),
        (b"\xef\xbb\xbf{\"content\": \"w\"}", "x", "json"),
        ("plain wörds".encode("utf-16"), "x.pdf", "text"),
    ):  # fmt: skip
        assert paper(data, name).format == expected


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"\x89PNG\r\n\x1a\n..", "x.txt"), (b"@article{", "r.bib"), (b"\\ProvidesPackage{x}", "x.sty"), (b"%!PS-Adobe", "f.eps"),
     (b"about", "README"), (b"<svg xmlns='x'></svg>", "f.xml"), (b"a,b", "t.csv.gz")],
)  # fmt: skip
def test_what_is_no_paper_is_skipped(data: bytes, name: str) -> None:
    (found,) = parse_papers(data, name)
    assert isinstance(found, Unread)
    assert found.skipped


def test_mending() -> None:
    assert mended("a\u00a0b\u2009c\u00adde ﬁ\ufb04") == "a b cde fiffl"
    assert decode("x\u202fy ﬁ\0".encode()) == ("x y ﬁ�", "ﬁ")
    assert plain_math(r"\frac{a}{b}\,\sim{}3") == "a/b ~3"


def test_walk_is_sorted_and_takes_each_file_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/y.txt", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "c.txt").symlink_to(tmp_path / "b.txt")
    found = list(walk([tmp_path, tmp_path / "b.txt", tmp_path / "none"]))
    assert [p.name for p in found if isinstance(p, Path)] == ["y.txt", "z.txt", "b.txt"]
    unread = {Path(p.source).name: p.skipped for p in found if isinstance(p, Unread)}
    assert unread == {".hidden": True, "c.txt": True, "b.txt": True, "none": False}


def test_limits_are_what_refuses() -> None:
    (found,) = parse_papers(b"some words", "x", limits=Limits(characters=5))
    assert isinstance(found, Unread)
    assert found.reason == "more than 5 characters of text"
