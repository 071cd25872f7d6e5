"""A photo as it is kept: made anew from its pixels, upright, small, without anything else that came in the file."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

# JPEG is what browsers hand over, also where a phone takes HEIC.
FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_PIXELS = 50_000_000  # less than Pillow warns at
_LONGEST_SIDE = 1_600
_QUALITY = 80


class PhotoError(ValueError):
    """A file that is no photo, or too large a one."""


def made_anew(content: bytes) -> bytes:
    """The photo as a JPEG of at most 1600 pixels a side, without EXIF. Raises :class:`PhotoError`."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as photo:
            if photo.width * photo.height > _MOST_PIXELS:
                raise PhotoError("too many pixels")
            photo.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            upright = ImageOps.exif_transpose(photo).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise PhotoError("not a photo") from error
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
