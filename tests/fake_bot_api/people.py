"""People in their chats: each thing that they do becomes the update that Telegram makes of it."""

import re
from dataclasses import dataclass

from tests.fake_bot_api.faults import Blocked, Deactivated, Kicked, Migrated
from tests.fake_bot_api.html import utf16_length
from tests.fake_bot_api.limits import TEXT
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.world import BOT, ChatState, World, keyboard, member, shown, without_reply

_COMMAND = re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])")


def command_entities(text: str) -> list[Json]:
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": len(found[0]),
        }
        for found in _COMMAND.finditer(text)
    ]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in one chat. Every method returns the update that the bot would get."""

    world: World
    user: Json
    chat: ChatState

    @property
    def id(self) -> int:
        return int(self.user["id"])

    def writes(self, text: str, reply_to: Json | None = None) -> Json:
        return self._sends(_typed(text), reply_to)

    def edits(self, message: Json, text: str) -> Json:
        """`message` is as in the update, or as in the chat that it came from."""
        current = self.chat.messages[message["message_id"]]
        changed = self.world.replace(self.chat, current, _typed(text), "text", "entities")
        return self._update("edited_message", changed)

    def edits_caption(self, message: Json, caption: str) -> Json:
        """The caption of a photo or a file is changed, or added."""
        current = self.chat.messages[message["message_id"]]
        said = _captioned(caption)
        changed = self.world.replace(self.chat, current, said, "caption", "caption_entities")
        return self._update("edited_message", changed)

    def sends_album(self, *captions: str) -> list[Json]:
        """Photos that belong together, each with its caption or with none."""
        album = str(13_000_000 + next(self.world.file_ids))
        return [self.sends_photo(caption, album=album) for caption in captions]

    def sends_photo(self, caption: str = "", reply_to: Json | None = None, album: str = "") -> Json:
        sizes = [
            {**self.world.file_id("photo"), "width": side, "height": side, "file_size": side * 90}
            for side in (90, 320, 800)
        ]
        together = {"media_group_id": album} if album else {}
        return self._sends({"photo": sizes} | _captioned(caption) | together, reply_to)

    def sends_voice(self, seconds: int = 3) -> Json:
        facts = {"duration": seconds, "mime_type": "audio/ogg", "file_size": 3000 * seconds}
        return self._sends({"voice": self.world.file_id("voice") | facts})

    def sends_sticker(self, emoji: str = "👍") -> Json:
        looks = {"type": "regular", "width": 512, "height": 512, "file_size": 20_000}
        kind = {"is_animated": False, "is_video": False, "emoji": emoji, "set_name": "Thumbs"}
        return self._sends({"sticker": self.world.file_id("sticker") | looks | kind})

    def sends_document(
        self,
        name: str = "notes.pdf",
        mime: str = "application/pdf",
        content: bytes = b"%PDF",
        caption: str = "",
    ) -> Json:
        facts = {"file_name": name, "mime_type": mime, "file_size": len(content)}
        known = self.world.file_id("document")
        self.world.contents[f"documents/{known['file_id']}"] = content
        return self._sends({"document": known | facts} | _captioned(caption))

    def sends_location(self, latitude: float = 52.52, longitude: float = 13.405) -> Json:
        return self._sends({"location": {"latitude": latitude, "longitude": longitude}})

    def presses(self, button: str, on: Json | None = None) -> Json:
        """`button` is a text or data; without `on` it is on the newest message that shows it."""
        message = on or self.chat.last_message_with(button)
        message = self.chat.messages[message["message_id"]]
        for each in keyboard(message):
            if button in shown(each) and "callback_data" in each:
                return self._query(message, each["callback_data"])
        there = [each["text"] for each in keyboard(message)]
        raise LookupError(f"no callback button {button!r} on this message, but {there}")

    def presses_old(self, data: str, on: Json | None = None) -> Json:
        """The message no longer has the button; without `on` the message is long gone."""
        if on:
            return self._query(self.chat.messages[on["message_id"]], data)
        gone = {"message_id": next(self.world.message_ids), "chat": self.chat.info, "date": 0}
        return self._query(gone, data)

    def blocks_bot(self) -> Json:
        self.chat.shut = Blocked()
        return self._bot_becomes("kicked", was="member")

    def unblocks_bot(self) -> Json:
        self.chat.shut = None
        return self._bot_becomes("member", was="kicked")

    def deletes_account(self) -> None:
        """Telegram tells the bot nothing; the bot learns of it when it next writes."""
        self.chat.shut = Deactivated()

    def adds_bot(self) -> Json:
        self.chat.shut = None
        return self._bot_becomes("member", was="left")

    def removes_bot(self) -> Json:
        self.chat.shut = Kicked()
        return self._bot_becomes("kicked", was="member")

    def migrates_chat(self, new_id: int) -> Json:
        """The group lives on under the new id; the old one says only that it has moved."""
        info = self.chat.info | {"id": new_id, "type": "supergroup"}
        for user in self.chat.members.values():
            self.world.enter(info, user)
        self.chat.shut = Migrated(new_id)
        return self._sends({"migrate_to_chat_id": new_id})

    def _sends(self, content: Json, reply_to: Json | None = None) -> Json:
        if reply_to:
            original = self.chat.messages[reply_to["message_id"]]
            content = {"reply_to_message": without_reply(original), **content}
        return self._update("message", self.world.post(self.chat, self.user, content))

    def _query(self, message: Json, data: str) -> Json:
        query_id = str(next(self.world.query_ids))
        self.world.open_queries.add(query_id)
        place = {"message": message, "chat_instance": str(7_000_000 + abs(self.chat.id))}
        query = {"id": query_id, "from": self.user, **place, "data": data}
        return self._update("callback_query", query)

    def _bot_becomes(self, status: str, was: str) -> Json:
        change = {
            "chat": self.chat.info,
            "from": self.user,
            "date": self.world.now(),
            "old_chat_member": member(BOT, was),
            "new_chat_member": member(BOT, status),
        }
        return self._update("my_chat_member", change)

    def _update(self, kind: str, content: Json) -> Json:
        return {"update_id": next(self.world.update_ids), kind: content}


def _captioned(caption: str) -> Json:
    if not caption:
        return {}
    entities = command_entities(caption)
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})


def _typed(text: str) -> Json:
    """Telegram's apps send no empty message, and cut a long one into several."""
    length = utf16_length(text)
    if not text.strip() or length > TEXT:
        raise ValueError(f"nobody can send a text of {length} characters: {text[:40]!r}")
    entities = command_entities(text)
    return {"text": text} | ({"entities": entities} if entities else {})
