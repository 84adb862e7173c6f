"""The methods of the Bot API, each carried out or refused as Telegram does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.fake_bot_api import limits, media
from tests.fake_bot_api.faults import RefusedError, bad_request
from tests.fake_bot_api.html import Formatted
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.queue import UpdateQueue
from tests.fake_bot_api.world import BOT, ChatState, World, member, without_reply

TWO_DAYS = 48 * 3600
MOST_UPDATES = 100
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
ABILITIES = {
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
    "can_connect_to_business": False,
    "has_main_web_app": False,
}
CHAT_DETAILS = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}
COPIED = (
    "text",
    "entities",
    "photo",
    "document",
    "voice",
    "sticker",
    "location",
    "caption",
    "caption_entities",
)
"""The fields that a copy keeps: no author, no buttons, and not the message it replied to."""
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True)
class BotApi:
    world: World
    queue: UpdateQueue

    def get_me(self, _: Json) -> Json:
        return {**BOT, **ABILITIES}

    def get_updates(self, params: Json) -> list[Json]:
        if self.world.webhook:
            raise RefusedError(409, WEBHOOK_ACTIVE)
        self.queue.allow(params.get("allowed_updates"))
        self.queue.confirm(params.get("offset", 0))
        return self.queue.first(min(params.get("limit", MOST_UPDATES), MOST_UPDATES))

    def delete_webhook(self, params: Json) -> bool:
        if params.get("drop_pending_updates"):
            self.queue.waiting.clear()
        self.world.webhook = ""
        return True

    def get_webhook_info(self, _: Json) -> Json:
        waiting = len(self.queue)
        facts = {"has_custom_certificate": False, "pending_update_count": waiting}
        return {"url": self.world.webhook, **facts}

    def send_message(self, params: Json) -> Json:
        return self._send(params, _text(limits.message_text(params)))

    def send_photo(self, params: Json) -> Json:
        caption = _caption(limits.caption(params))
        return self._send(params, media.photo(self.world, params.get("photo")) | caption)

    def send_document(self, params: Json) -> Json:
        caption = _caption(limits.caption(params))
        document = media.document(self.world, params.get("document"))
        return self._send(params, document | caption)

    def _send(self, params: Json, content: Json) -> Json:
        markup = limits.reply_markup(params.get("reply_markup"))
        chat = self.world.writable(params.get("chat_id"))
        topic = self.world.topic(chat, params.get("message_thread_id"))
        return self.world.post(
            chat, BOT, topic | _answered(chat, params) | content | _under(markup)
        )

    def copy_message(self, params: Json) -> Json:
        """Telegram checks the source first, even where the target is wrong as well."""
        source = self.world.find(params.get("from_chat_id"))
        if not params.get("message_id"):
            raise bad_request("message identifier is not specified")
        original = source.messages.get(params["message_id"])
        if original is None:
            raise bad_request("message to copy not found")
        if not original.keys() & set(COPIED):
            raise bad_request("message can't be copied")
        content = {name: original[name] for name in COPIED if name in original}
        return {"message_id": self._send(params, content)["message_id"]}

    def get_file(self, params: Json) -> Json:
        file_id = str(params.get("file_id"))
        path = f"documents/{file_id}"
        content = self.world.contents.get(path)
        if content is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(content) > media.DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        named = {"file_id": file_id, "file_unique_id": f"unique-{file_id}"}
        return named | {"file_size": len(content), "file_path": path}

    def send_chat_action(self, params: Json) -> bool:
        if params.get("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self.world.writable(params.get("chat_id"))
        return True

    def edit_message_text(self, params: Json) -> Json:
        text = _text(limits.message_text(params))
        markup = limits.inline_keyboard(params.get("reply_markup"))
        chat, message = self._own_message(params)
        if "text" not in message:
            raise bad_request("there is no text in the message to edit")
        return self._edit(chat, message, text | _under(markup), "text", "entities", "reply_markup")

    def edit_message_reply_markup(self, params: Json) -> Json:
        markup = limits.inline_keyboard(params.get("reply_markup"))
        chat, message = self._own_message(params)
        return self._edit(chat, message, _under(markup), "reply_markup")

    def _own_message(self, params: Json) -> tuple[ChatState, Json]:
        chat = self.world.writable(params.get("chat_id"))
        if not params.get("message_id"):
            raise bad_request("message identifier is not specified")
        message = chat.messages.get(params["message_id"])
        if message is None:
            raise bad_request("message to edit not found")
        if message["from"]["id"] != BOT["id"]:
            raise bad_request("message can't be edited")
        return chat, message

    def _edit(self, chat: ChatState, message: Json, content: Json, *replaced: str) -> Json:
        if all(message.get(name) == content.get(name) for name in replaced):
            raise bad_request(NOT_MODIFIED)
        return self.world.replace(chat, message, content, *replaced)

    def delete_message(self, params: Json) -> bool:
        chat = self.world.writable(params.get("chat_id"))
        message = chat.messages.get(params.get("message_id", 0))
        if message is None:
            raise bad_request("message to delete not found")
        foreign = message["from"]["id"] != BOT["id"]
        if foreign and not chat.private and BOT["id"] not in chat.administrators:
            raise bad_request("message can't be deleted")
        if self.world.now() - message["date"] > TWO_DAYS:
            raise bad_request("message can't be deleted for everyone")
        del chat.messages[message["message_id"]]
        return True

    def answer_callback_query(self, params: Json) -> bool:
        limits.callback_answer(params)
        query_id = str(params.get("callback_query_id", ""))
        if query_id not in self.world.open_queries:
            raise bad_request(QUERY_TOO_OLD)
        self.world.open_queries.remove(query_id)
        return True

    def set_my_commands(self, params: Json) -> bool:
        limits.commands(params.get("commands"))
        return True

    def delete_my_commands(self, _: Json) -> bool:
        return True

    def set_my_description(self, params: Json) -> bool:
        limits.description(params.get("description", ""))
        return True

    def set_my_short_description(self, params: Json) -> bool:
        limits.short_description(params.get("short_description", ""))
        return True

    def get_chat(self, params: Json) -> Json:
        return self.world.find(params.get("chat_id")).info | CHAT_DETAILS

    def get_chat_member(self, params: Json) -> Json:
        chat = self.world.find(params.get("chat_id"))
        user = chat.members.get(params.get("user_id", 0))
        if user is None:
            raise bad_request("member not found")
        return member(user, "administrator" if user["id"] in chat.administrators else "member")

    def get_chat_administrators(self, params: Json) -> list[Json]:
        chat = self.world.find(params.get("chat_id"))
        if chat.private:
            raise bad_request("there are no administrators in the private chat")
        listed = [chat.members[user_id] for user_id in sorted(chat.administrators)]
        return [member(user, "administrator") for user in listed]

    def leave(self, _: Json) -> bool:
        return True


METHODS: Mapping[str, Callable[[BotApi, Json], object]] = {
    "getMe": BotApi.get_me,
    "getUpdates": BotApi.get_updates,
    "getWebhookInfo": BotApi.get_webhook_info,
    "deleteWebhook": BotApi.delete_webhook,
    "sendMessage": BotApi.send_message,
    "sendPhoto": BotApi.send_photo,
    "sendDocument": BotApi.send_document,
    "copyMessage": BotApi.copy_message,
    "getFile": BotApi.get_file,
    "sendChatAction": BotApi.send_chat_action,
    "editMessageText": BotApi.edit_message_text,
    "editMessageReplyMarkup": BotApi.edit_message_reply_markup,
    "deleteMessage": BotApi.delete_message,
    "answerCallbackQuery": BotApi.answer_callback_query,
    "setMyCommands": BotApi.set_my_commands,
    "deleteMyCommands": BotApi.delete_my_commands,
    "setMyDescription": BotApi.set_my_description,
    "setMyShortDescription": BotApi.set_my_short_description,
    "getChat": BotApi.get_chat,
    "getChatMember": BotApi.get_chat_member,
    "getChatAdministrators": BotApi.get_chat_administrators,
    "logOut": BotApi.leave,
    "close": BotApi.leave,
}


def _text(text: Formatted) -> Json:
    return {"text": text.text} | ({"entities": text.entities} if text.entities else {})


def _caption(text: Formatted) -> Json:
    entities = {"caption_entities": text.entities} if text.entities else {}
    return ({"caption": text.text} if text.text else {}) | entities


def _under(markup: Json | None) -> Json:
    return {"reply_markup": markup} if markup else {}


def _answered(chat: ChatState, params: Json) -> Json:
    wanted = params.get("reply_parameters")
    if not wanted:
        return {}
    message = chat.messages.get(wanted["message_id"])
    if message is not None:
        return {"reply_to_message": without_reply(message)}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")
