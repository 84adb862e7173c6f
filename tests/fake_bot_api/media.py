"""Uploaded files, looked at as closely as Telegram does before it takes them."""

import re
import struct

from tests.fake_bot_api.faults import RefusedError, bad_request
from tests.fake_bot_api.parameters import Json, Upload
from tests.fake_bot_api.world import World

MEGABYTE = 1 << 20
PHOTO_BYTES, DOCUMENT_BYTES = 10 * MEGABYTE, 50 * MEGABYTE
DOWNLOAD_BYTES = 20 * MEGABYTE
PHOTO_SIDES, PHOTO_RATIO = 10_000, 20
_JPEG_SIZE = re.compile(rb"\xff[\xc0-\xc2]..\x08(..)(..)", re.DOTALL)


def photo(world: World, given: object) -> Json:
    match given:
        case Upload():
            width, height = _dimensions(given.content)
            size = {"width": width, "height": height, "file_size": len(given.content)}
            return world.keep_file({"photo": [{**world.file_id("photo"), **size}]})
        case str():
            return world.known_file(given, "photo")
    raise bad_request("there is no photo in the request")


def document(world: World, given: object) -> Json:
    match given:
        case Upload():
            _bounded(given.content, DOCUMENT_BYTES)
            facts = {"file_name": given.name, "mime_type": given.mime}
            size = {"file_size": len(given.content)}
            return world.keep_file({"document": {**world.file_id("document"), **facts, **size}})
        case str():
            return world.known_file(given, "document")
    raise bad_request("there is no document in the request")


def _bounded(content: bytes, limit: int) -> None:
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > limit:
        raise RefusedError(413, "Request Entity Too Large")


def _dimensions(content: bytes) -> tuple[int, int]:
    _bounded(content, PHOTO_BYTES)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack(">II", content[16:24])
    elif content.startswith(b"\xff\xd8") and (found := _JPEG_SIZE.search(content)):
        height, width = (int.from_bytes(side, "big") for side in found.groups())
    else:
        raise bad_request("IMAGE_PROCESS_FAILED")
    short, long = sorted((width, height))
    if not short or width + height > PHOTO_SIDES or long > PHOTO_RATIO * short:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height
