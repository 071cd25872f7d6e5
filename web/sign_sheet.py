"""The signs of a station as a PDF: one A4 page a bay, with what it allows and costs, a QR code and a short code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from enforcement.bay_codes import shown
from enforcement.signs import sign_lines
from ledger.signs import BaySign, StationSigns

_MARGIN = 18.0
_WIDTH = 210 - 2 * _MARGIN
_COLUMN = (_WIDTH - 10) / 2
_INK, _MUTED = (19, 26, 35), (84, 96, 114)
_QR = 66.0
_FOOT = 278.0
# Letters in points; lines and the gaps between paragraphs in millimetres a point.
_SIZES = (13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0)
_LEADING, _GAP = 0.47, 0.13
# The standard fonts hold Windows-1252: all of English, French and Spanish, and nothing must be embedded.
_CHARSET = "cp1252"

Lines = Sequence[tuple[str, str]]

_TITLES = {"en": "Charging bay", "fr": "Place de recharge"}
_NO_FEE = {"en": "No parking fee applies here at present.", "fr": "Aucuns frais de stationnement ici pour le moment."}
_SCAN = {
    "en": "Scan, or open {address} and type the code. Be told before it costs anything.",
    "fr": "Balayez, ou ouvrez {address} et tapez le code. Soyez averti avant que cela coûte.",
}
_TEXT = {"en": "Or text the code to {phone}.", "fr": "Ou envoyez le code par texto au {phone}."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is printed for one station. ``public_url``: how drivers reach the service; ``phone``: where they text."""

    station: StationSigns
    public_url: str
    phone: str
    printed_at: datetime


def draw(sheet: Sheet) -> bytes:
    """The PDF. Raises ValueError for a price that can't be written."""
    pdf = FPDF(format="A4")
    pdf.core_fonts_encoding = _CHARSET
    pdf.set_title(_plain(f"Signs: {sheet.station.station}"))
    pdf.set_creation_date(sheet.printed_at)
    pdf.set_auto_page_break(False)
    pdf.set_margin(_MARGIN)
    for sign in sheet.station.signs:
        pdf.add_page()
        _head(pdf, sheet, sign)
        below = _qr(pdf, sheet, sign)
        _columns(pdf, [_lines(sheet, sign, language) for language in ("en", "fr")], below + 8)
        _foot(pdf, sheet, sign)
    return bytes(pdf.output())


def _head(pdf: FPDF, sheet: Sheet, sign: BaySign) -> None:
    pdf.set_text_color(*_INK)
    pdf.set_font("helvetica", "B", 40)
    pdf.cell(_WIDTH, 16, _fitting(pdf, sign.bay, _WIDTH), align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", "", 15)
    pdf.set_text_color(*_MUTED)
    pdf.cell(_WIDTH, 9, _fitting(pdf, sheet.station.station, _WIDTH), align="C", new_x="LMARGIN", new_y="NEXT")


def _qr(pdf: FPDF, sheet: Sheet, sign: BaySign) -> float:
    """The QR code as squares, sharp at any size, and the code in letters. Returns where they end."""
    matrix = [list(row) for row in segno.make_qr(f"{sheet.public_url}/b/{sign.code}", error="m").matrix_iter(border=4)]
    size, top, left = _QR / len(matrix), pdf.get_y() + 2, (210 - _QR) / 2
    pdf.set_fill_color(0, 0, 0)
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            if is_dark:
                # A hair wider than its place: no white line between neighbours, whatever draws it.
                pdf.rect(left + x * size, top + y * size, size + 0.02, size + 0.02, style="F")
    pdf.set_xy(_MARGIN, top + _QR)
    pdf.set_text_color(*_INK)
    pdf.set_font("courier", "B", 34)
    pdf.cell(_WIDTH, 13, shown(sign.code), align="C")
    return top + _QR + 13


def _columns(pdf: FPDF, columns: Sequence[Lines], top: float) -> None:
    """Languages side by side, in the largest letters that leave room for the foot."""
    fits = (size for size in _SIZES if all(top + _height(pdf, lines, size) <= _FOOT for lines in columns))
    size = next(fits, _SIZES[-1])
    for number, lines in enumerate(columns):
        _column(pdf, lines, size, _MARGIN + number * (_COLUMN + 10), top)


def _column(pdf: FPDF, lines: Lines, size: float, left: float, top: float) -> None:
    pdf.set_xy(left, top)
    pdf.set_text_color(*_INK)
    for style, text in lines:
        pdf.set_font("helvetica", style, size)
        pdf.set_x(left)
        pdf.multi_cell(_COLUMN, size * _LEADING, _plain(text), align="L", new_x="LEFT", new_y="NEXT")
        pdf.set_y(pdf.get_y() + size * _GAP)


def _height(pdf: FPDF, lines: Lines, size: float) -> float:
    total = 0.0
    for style, text in lines:
        pdf.set_font("helvetica", style, size)
        own = pdf.multi_cell(
            _COLUMN, size * _LEADING, _plain(text), align="L", dry_run=True, output=MethodReturnValue.HEIGHT
        )
        total += float(own) + size * _GAP  # type: ignore[arg-type]
    return total


def _lines(sheet: Sheet, sign: BaySign, language: str) -> Lines:
    """The policy and how to be warned, each line with its style."""
    rules = sign_lines(sign.policy, language) if sign.policy is not None else (_NO_FEE[language],)
    ways = [_SCAN[language].format(address=f"{sheet.public_url.partition('://')[2]}/b")]
    if sheet.phone:
        ways.append(_TEXT[language].format(phone=sheet.phone))
    return [("B", _TITLES[language]), *(("", line) for line in rules), *(("B", line) for line in ways)]


def _foot(pdf: FPDF, sheet: Sheet, sign: BaySign) -> None:
    pdf.set_xy(_MARGIN, _FOOT + 4)
    pdf.set_font("helvetica", "", 8)
    pdf.set_text_color(*_MUTED)
    policy = "" if sign.policy is None else f"{sign.policy.name} · "
    pdf.cell(
        _WIDTH,
        5,
        _fitting(pdf, f"{policy}{sheet.public_url}/b/{sign.code} · {sheet.printed_at:%Y-%m-%d}", _WIDTH),
        align="C",
    )


def _fitting(pdf: FPDF, text: str, width: float) -> str:
    """A name on one line: cut where it is longer than the page is wide."""
    plain = _plain(text)
    while len(plain) > 1 and pdf.get_string_width(plain) > width:
        plain = plain[:-2].rstrip() + "…" if len(plain) > 2 else plain[:1]
    return plain


def _plain(text: str) -> str:
    return text.encode(_CHARSET, "replace").decode(_CHARSET)
