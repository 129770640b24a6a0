"""How calls, letters and messages read on a timeline."""

from communities.core.events import describe
from communities.correspondence.models import Contact

for means, label in Contact.Means.choices:
    describe(f"contact.{means}", f"{label} written down")
describe("message.send_again", "Message sent again")
