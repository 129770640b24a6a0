"""How checks and holds read on a group's timeline."""

from communities.core.events import describe

describe("group.check", "Group checked")
describe("hold.set", "Hold set")
describe("hold.clear", "Hold cleared")
