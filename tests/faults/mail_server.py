"""A mail server in a process of its own: `mail_server.py PORT FOLDER`.

The file `mode` says how it takes letters: accept, stall (say nothing until the mode changes), later (451), never (554);
"never ben@example.org" is for that address, everybody else's letters are accepted. It writes a line for each letter
that began, was accepted, refused, or whose sender went away: what, Message-ID, recipient.
"""

import asyncio
import email
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP

folder = Path(sys.argv[2])
ANSWERS = {"accept": "250 OK", "later": "451 Try again later", "never": "554 We do not want this"}


def mode_for(recipient):
    how, *address = (folder / "mode").read_text().split()
    return how if not address or recipient in address else "accept"


def note(*words):
    with (folder / "letters").open("a") as lines:
        lines.write(" ".join(words) + "\n")


class Handler:
    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        letter, [recipient] = email.message_from_bytes(envelope.content)["Message-ID"], envelope.rcpt_tos
        note("began", letter, recipient)
        try:
            while (mode := mode_for(recipient)) == "stall":  # noqa: ASYNC110 (the file tells when to go on)
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            note("gone", letter, recipient)
            raise
        note("accepted" if mode == "accept" else "refused", letter, recipient)
        return ANSWERS[mode]


async def serve():
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    async with await loop.create_server(lambda: SMTP(Handler(), loop=loop), "127.0.0.1", int(sys.argv[1])):
        await stopped.wait()


asyncio.run(serve())
