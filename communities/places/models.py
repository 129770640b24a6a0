"""Areas, official figures by release, postcodes, and the places the fund puts first with their dated boundaries."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communities.core.permissions import Ruled


class Level(models.TextChoices):
    """The kinds of official area."""

    COUNTY = "county", "County"
    DISTRICT = "district", "District"
    DIVISION = "division", "County electoral division"
    WARD = "ward", "Ward"
    LSOA = "lsoa", "Small area (LSOA)"


class Area(models.Model):
    """An official area. The same code can name another area in another year, so the year belongs to the key."""

    level = models.CharField(max_length=8, choices=Level.choices)
    code = models.CharField(max_length=9)
    vintage = models.PositiveSmallIntegerField(help_text="The year of the boundary.")
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    is_demo = models.BooleanField(default=False, help_text="Made up for the demonstration.")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("level", "vintage", "name")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("level", "code", "vintage"), name="area_code_vintage_unique")
        ]
        indexes: ClassVar[Any] = [models.Index(fields=("code",), name="area_code")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code}, {self.vintage})"


class AreaCount(models.Model):
    """How many small areas or wards a district has in a year: a file with another number is not complete."""

    district = models.ForeignKey(Area, models.PROTECT, related_name="counts")
    level = models.CharField(max_length=8, choices=Level.choices)
    vintage = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("district", "level", "vintage")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("district", "level", "vintage"), name="area_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.district.name}: {self.number} ({self.level}, {self.vintage})"


class Dataset(models.Model):
    """One release of published data, as it was imported. A later release stands beside it, never on top of it."""

    lock_rank: ClassVar[int] = 76

    class Kind(models.TextChoices):
        LOOKUP = "lookup", "Which area lies in which"
        POSTCODES = "postcodes", "Postcodes"
        IMD = "imd", "Index of Multiple Deprivation"
        DOMAINS = "domains", "Domains of deprivation"
        POPULATION = "population", "Population"
        RURAL_URBAN = "rural_urban", "Rural or urban"
        CNI = "cni", "Community Needs Index"

    kind = models.CharField(max_length=11, choices=Kind.choices)
    release = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    licence = models.CharField(max_length=120)
    attribution = models.TextField()
    population_base = models.CharField(max_length=120, blank=True, help_text="Which people, counted when.")
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    imported_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False, help_text="Made-up figures, to show how the pages look.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "release"
        ordering = ("kind", "release")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(
                fields=("kind", "release", "is_demo"), condition=Q(withdrawn_at=None), name="dataset_release_unique"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""),
                name="dataset_withdrawal_has_reason",
                violation_error_message="Say why this release is withdrawn.",
            ),
            models.CheckConstraint(
                condition=Q(is_demo=True) | Q(imported_by__isnull=False), name="dataset_imported_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.release}"


class Publication(models.Model):
    """A release the council uses or means to use: what it is called, who publishes it, how it must be credited."""

    class Layout(models.TextChoices):
        LOOKUP = "lookup", "Look-up of areas by code and name"
        IMD = "imd", "Deprivation: rank and decile"
        DOMAINS = "domains", "Deprivation: the seven domains"
        DENOMINATORS = "denominators", "Population used by the index"
        AGES = "ages", "Population by single year of age"
        RESIDENTS = "residents", "Residents, one number for each area"
        RURAL_URBAN = "rural_urban", "Rural or urban class"
        CNI = "cni", "Community need by ward"
        CODE_POINT = "code_point", "Postcodes with ward and district"
        POSTCODE_LSOA = "postcode_lsoa", "Postcodes with small areas, worked out from a map"
        ONSPD = "onspd", "ONS Postcode Directory"

    kind = models.CharField(max_length=11, choices=Dataset.Kind.choices)
    release = models.CharField(max_length=60)
    layout = models.CharField(max_length=13, choices=Layout.choices)
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200, help_text="The file to choose, as its publisher names it.")
    publisher = models.CharField(max_length=120)
    licence = models.CharField(max_length=120)
    attribution = models.TextField(help_text="The lines that must stand beside these figures.")
    population_base = models.CharField(max_length=120, blank=True, help_text="Which people, counted when.")
    level = models.CharField(max_length=8, blank=True, choices=Level.choices)
    vintage = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The year of the areas it uses.")
    order = models.PositiveSmallIntegerField(default=0)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("order", "kind", "release")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("kind", "release"), name="publication_release_unique")
        ]

    def __str__(self) -> str:
        return self.title


class AreaLookup(models.Model):
    """Where an area went when boundaries changed, or which bigger area it lies in."""

    append_only = True

    class Kind(models.TextChoices):
        BECAME = "became", "became"
        LIES_IN = "lies_in", "lies mostly in"

    source = models.ForeignKey(Area, models.PROTECT, related_name="lookups_from")
    target = models.ForeignKey(Area, models.PROTECT, related_name="lookups_to")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="lookups")

    objects = Ruled.as_manager()

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("source", "target", "kind", "dataset"), name="area_lookup_once")
        ]

    def __str__(self) -> str:
        return f"{self.source.code} {self.get_kind_display()} {self.target.code}"


class AreaMeasure(models.Model):
    """One figure for one area from one release."""

    append_only = True

    area = models.ForeignKey(Area, models.PROTECT, related_name="measures")
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="measures")
    field = models.SlugField(max_length=40)
    value = models.DecimalField(max_digits=16, decimal_places=6)
    label = models.CharField(max_length=100, blank=True, help_text="The words, where the figure is a class.")

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "figure of an area"
        verbose_name_plural = "figures of areas"
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("dataset", "field", "area"), name="area_measure_once")
        ]

    def __str__(self) -> str:
        return f"{self.area.code} {self.field} {self.value.normalize():f}"


class Postcode(models.Model):
    """A postcode of one release and the areas it lies in. Codes are text: it can be loaded before the areas."""

    append_only = True

    pcds = models.CharField("postcode", max_length=8, db_index=True)
    ward = models.CharField("code of the ward", max_length=9, blank=True)
    district = models.CharField("code of the district", max_length=9, blank=True)
    lsoa11 = models.CharField("small area of 2011", max_length=9, blank=True)
    lsoa21 = models.CharField("small area of 2021", max_length=9, blank=True)
    easting = models.PositiveIntegerField(null=True, blank=True)
    northing = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    terminated_on = models.DateField(null=True, blank=True)
    approximate = models.BooleanField(default=False, help_text="Worked out from a map, not from the official table.")
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="postcodes")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("pcds",)
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("pcds", "dataset"), name="postcode_once")]

    def __str__(self) -> str:
        return self.pcds


class PriorityPlace(models.Model):
    """One of the places the paper names. Its name never changes; its boundary has versions."""

    lock_rank: ClassVar[int] = 78

    class Kind(models.TextChoices):
        WHOLE = "whole", "A whole district"
        PART = "part", "Part of a district"

    code = models.SlugField(max_length=3, unique=True)
    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    district_code = models.CharField(max_length=9)
    district_name = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField()
    hint = models.CharField(max_length=250, blank=True, help_text="What the paper says of this place.")
    strengths = models.TextField(
        blank=True, help_text="What people do here already. The page of the place opens with it."
    )
    chapter = models.CharField(max_length=60, blank=True)
    archived_on = models.DateField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.name


class PlaceDefinition(models.Model):
    """A boundary of a place: who decided it, from when. A candidate boundary never tells an applicant no."""

    class Certainty(models.TextChoices):
        CERTAIN = "certain", "Certain"
        CANDIDATE = "candidate", "Candidate: a rule of thumb, not yet decided"

    place = models.ForeignKey(PriorityPlace, models.PROTECT, related_name="definitions")
    version = models.PositiveSmallIntegerField(default=1)
    certainty = models.CharField(max_length=9, choices=Certainty.choices)
    note = models.TextField()
    decided_by = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "boundary"
        verbose_name_plural = "boundaries"
        ordering = ("place", "-version")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("place", "version"), name="place_definition_version_unique"),
            models.UniqueConstraint(fields=("place",), condition=Q(valid_to=None), name="place_one_current_definition"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="place_definition_dates_in_order",
                violation_error_message="The last day must come after the first.",
            ),
            models.CheckConstraint(
                condition=Q(certainty="candidate") | ~Q(decided_by=""),
                name="place_definition_certain_is_decided",
                violation_error_message="Say who decided a certain boundary.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}, version {self.version}"


class DefinitionPart(models.Model):
    """One area of a boundary, or a rule that picks small areas of a district by an official figure."""

    append_only = True

    class Kind(models.TextChoices):
        AREA = "area", "A named area"
        RULE = "rule", "A rule on an official figure"

    definition = models.ForeignKey(PlaceDefinition, models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    level = models.CharField(max_length=8, choices=Level.choices)
    code = models.CharField(max_length=9, help_text="The area; for a rule, the district it looks inside.")
    vintage = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    dataset_kind = models.CharField(max_length=11, blank=True, choices=Dataset.Kind.choices)
    release = models.CharField(max_length=60, blank=True)
    field = models.SlugField(max_length=40, blank=True)
    at_least = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    at_most = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("definition", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(
                fields=("definition", "kind", "level", "code", "vintage"), name="definition_part_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="area", dataset_kind="", field="")
                | Q(~Q(dataset_kind=""), ~Q(field=""), ~Q(release=""), kind="rule", level="lsoa"),
                name="definition_part_is_area_or_rule",
            ),
        ]

    def __str__(self) -> str:
        return self.name
