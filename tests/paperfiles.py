"""Files of papers made by hand, for tests of readers: PDFs, archives and packed files."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Mapping


def pdf(
    *pages: str, extra: Mapping[int, bytes] | None = None, content: bytes | None = None, trailer: str = ""
) -> bytes:
    """A PDF whose pages print these lines. `extra` are more objects (from number 100), `content` a page's own stream."""
    objects: dict[int, bytes] = {3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
    kids = []
    for number, text in enumerate(pages):
        page, stream = 10 + 2 * number, 11 + 2 * number
        lines = " ".join(f"({line}) Tj T*" for line in text.split("\n"))
        words = content or f"BT /F1 12 Tf 14 TL 72 720 Td {lines} ET".encode()
        objects[page] = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>"
                         b"/XObject<</X0 100 0 R>>>>>>" % stream)  # fmt: skip
        objects[stream] = b"<</Length %d>>stream\n%s\nendstream" % (len(words), words)
        kids.append(f"{page} 0 R")
    objects[1] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[2] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    objects |= extra or {}
    return written(objects, trailer)


def written(objects: Mapping[int, bytes], trailer: str = "") -> bytes:
    """Objects as a PDF file, with its table of offsets."""
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n")
    offsets = {}
    for number, body in sorted(objects.items()):
        offsets[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, offset in offsets.items():
        out.write(b"%d 1\n%010d 00000 n \n" % (number, offset))
    out.write(f"trailer<</Size {max(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF".encode())
    return out.getvalue()


def looping_pdf() -> bytes:
    """A PDF whose page draws a form that draws another ten times, and so on: ten to the twelfth drawings."""
    forms = {}
    for level in range(12):
        words = b"/Y Do " * 10 if level < 11 else b"BT /F1 1 Tf (x) Tj ET"
        forms[100 + level] = (b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F1 3 0 R>>/XObject<</Y %d 0 R>>>>"
                              b"/Length %d>>stream\n%s\nendstream" % (101 + level, len(words), words))  # fmt: skip
    return pdf("", content=b"/X0 Do", extra=forms)


def hungry_pdf(size: int) -> bytes:
    """A PDF with a page description of this many bytes, packed twice."""
    packer = zlib.compressobj(1)
    once = (
        b"".join(packer.compress(b"q 1 0 0 1 0 0 cm " * 65_536) for _ in range(size // (17 * 65_536))) + packer.flush()
    )
    words = zlib.compress(once)
    body = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(words), words)
    return pdf("x", extra={11: body})


def tar(files: Mapping[str, bytes], *others: tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in others:
            archive.addfile(info)
    return out.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info
