"""The world behind the Bot API: chats, their messages and members, and open callback queries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.fake_bot_api.faults import Blocked, Deactivated, Kicked, Migrated, bad_request, refusal
from tests.fake_bot_api.limits import buttons_of
from tests.fake_bot_api.parameters import Json

BOT: Json = {"id": 100, "is_bot": True, "first_name": "Skin bot", "username": "skin_test_bot"}

RIGHTS = (
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


@dataclass(slots=True)
class ChatState:
    """A chat as Telegram knows it; `shut` says why the bot cannot write there."""

    info: Json
    messages: dict[int, Json] = field(default_factory=dict)
    members: dict[int, Json] = field(default_factory=dict)
    administrators: set[int] = field(default_factory=set)
    shut: Blocked | Deactivated | Kicked | Migrated | None = None
    topics: set[int] = field(default_factory=set)
    """The topics of a forum, other than General."""

    @property
    def id(self) -> int:
        return int(self.info["id"])

    @property
    def private(self) -> bool:
        return bool(self.info["type"] == "private")

    def last_message_with(self, button: str) -> Json:
        """The newest message that shows the button, named by its text or its data."""
        for message in reversed(self.messages.values()):
            if any(button in shown(each) for each in keyboard(message)):
                return message
        on_screen = [each["text"] for each in self.messages.values() for each in keyboard(each)]
        raise LookupError(f"no message in chat {self.id} has the button {button!r}: {on_screen}")


def keyboard(message: Json) -> list[Json]:
    """The inline buttons under a message, row after row."""
    return list(buttons_of(message.get("reply_markup", {})))


def shown(button: Json) -> tuple[str, str | None]:
    return button["text"], button.get("callback_data")


def member(user: Json, status: str) -> Json:
    """A ChatMember, with what Telegram always says about one of this status."""
    match status:
        case "kicked":
            return {"user": user, "status": status, "until_date": 0}
        case "administrator":
            rights = dict.fromkeys(RIGHTS, True)
            return {"user": user, "status": status, "can_be_edited": False} | rights
    return {"user": user, "status": status}


def without_reply(message: Json) -> Json:
    """A message as it is shown inside a reply to it."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}


@dataclass(slots=True)
class World:
    clock: Callable[[], float]
    chats: dict[int, ChatState] = field(default_factory=dict)
    open_queries: set[str] = field(default_factory=set)
    files: dict[str, Json] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    """Path of a download → content, for the files that people have sent."""
    webhook: str = ""
    """An address that gets the updates, so that nobody can fetch them."""
    update_ids: Iterator[int] = field(default_factory=lambda: count(500_000_001))
    message_ids: Iterator[int] = field(default_factory=lambda: count(1))
    query_ids: Iterator[int] = field(default_factory=lambda: count(4_000_000_000_000_000_001))
    file_ids: Iterator[int] = field(default_factory=lambda: count(1))

    def now(self) -> int:
        return int(self.clock())

    def enter(self, info: Json, user: Json) -> ChatState:
        """The chat of this description, made when new, with the user in it."""
        chat = self.chats.setdefault(info["id"], ChatState(info))
        chat.members[user["id"]] = user
        return chat

    def find(self, chat_id: object) -> ChatState:
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        for chat in [self.chats.get(chat_id)] if isinstance(chat_id, int) else self.chats.values():
            if chat and chat_id in (chat.id, "@" + chat.info.get("username", "")):
                return chat
        raise bad_request("chat not found")

    def writable(self, chat_id: object) -> ChatState:
        chat = self.find(chat_id)
        if chat.shut:
            raise refusal(chat.shut)
        return chat

    def topic(self, chat: ChatState, thread: int | None) -> Json:
        """The fields of a message that stands in a topic."""
        if thread is None:
            return {}
        if thread not in chat.topics:
            raise bad_request("message thread not found")
        return {"message_thread_id": thread, "is_topic_message": True}

    def post(self, chat: ChatState, sender: Json, content: Json) -> Json:
        message = {
            "message_id": next(self.message_ids),
            "from": sender,
            "chat": chat.info,
            "date": self.now(),
            **content,
        }
        chat.messages[message["message_id"]] = message
        return message

    def replace(self, chat: ChatState, old: Json, content: Json, *dropped: str) -> Json:
        """Put a new message object there, since an update on its way may still hold the old one."""
        kept = {name: value for name, value in old.items() if name not in dropped}
        message = {**kept, "edit_date": self.now(), **content}
        chat.messages[old["message_id"]] = message
        return message

    def file_id(self, kind: str) -> Json:
        number = next(self.file_ids)
        return {"file_id": f"{kind}-{number}", "file_unique_id": f"{kind}-unique-{number}"}

    def keep_file(self, content: Json) -> Json:
        """Remember the part of a message that is a file, so that its id can be sent again."""
        ((_, described),) = content.items()
        largest = described[-1] if isinstance(described, list) else described
        self.files[largest["file_id"]] = content
        return content

    def known_file(self, file_id: str, kind: str) -> Json:
        content = self.files.get(file_id)
        if content is None or kind not in content:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return content
