"""The derived fields, indicators, signs, verdict and score of packs/china-2014 as OpenFisca variables, timed.

python openfisca_rules.py FOLDER: reads FOLDER/meta.json and one text file a column, writes FOLDER/verdict.txt (one
number a household: 0 eligible, 1 not eligible, 2 needs verification) and prints one line of JSON.
Vectorised formulas with OpenFisca's own defaults: an input that was not given is 0, false or the first choice.
"""

import datetime
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

FOLDER = Path(sys.argv[1])
META = json.loads((FOLDER / "meta.json").read_text())
PARAMS = META["params"]
DAY = np.datetime64(META["day"])
PERIOD = META["day"][:4]

Person = Entity("person", "persons", "A member", "")
Household = GroupEntity(
    "household", "households", "A household", "", roles=[{"key": "member", "plural": "members", "label": "Members"}]
)
VARIABLES = []


def variable(name, entity, value_type, formula=None, **more):
    body = {"entity": entity, "value_type": value_type, "definition_period": DateUnit.YEAR, "label": name, **more}
    if formula is not None:
        body["formula"] = formula
    VARIABLES.append(type(name, (Variable,), body))


def column(name, dtype):
    return np.fromfile(FOLDER / f"{name}.txt", sep="\n", dtype=dtype)


ENUMS = {}
for name, spec in META["inputs"].items():
    entity = Person if spec["of"] == "person" else Household
    if spec["type"] == "choice":
        ENUMS[name] = Enum(name, {choice.upper() + "_": choice for choice in spec["choices"]})
        options = list(ENUMS[name])
        variable(name, entity, Enum, possible_values=ENUMS[name], default_value=options[0])
    else:
        kinds = {"money": float, "int": int, "bool": bool, "date": datetime.date}
        variable(name, entity, kinds[spec["type"]])


def one_of(values, name, *choices):
    enum = ENUMS[name]
    found = values == enum[choices[0].upper() + "_"]
    for choice in choices[1:]:
        found = found | (values == enum[choice.upper() + "_"])
    return found


def age(person, period):
    birth = person("birth_date", period).astype("datetime64[D]")
    year = birth.astype("datetime64[Y]")
    years = (DAY.astype("datetime64[Y]") - year).astype(int)
    month = (birth.astype("datetime64[M]") - year.astype("datetime64[M]")).astype(int)
    day = (birth - birth.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
    today = DAY.astype(object)
    later = (month + 1 > today.month) | ((month + 1 == today.month) & (day + 1 > today.day))
    return years - later


def schooled(person, period):
    years = person("age", period)
    schooling = person("schooling", period)
    finished = one_of(schooling, "schooling", "not_applicable") & one_of(
        person("education", period), "education", "junior_secondary", "senior_secondary", "vocational", "college"
    )
    at_school = one_of(
        schooling, "schooling", "primary_school", "junior_school", "senior_school", "vocational_school", "university"
    )
    first_year = one_of(schooling, "schooling", "preschool") & (years == PARAMS["school_age_from"])
    severe = one_of(person("disability", period), "disability", "severe")
    outside = (years < PARAMS["school_age_from"]) | (years > PARAMS["school_age_to"])
    return outside | at_school | first_year | finished | severe


def cared_for(person, period):
    healthy = one_of(person("health", period), "health", "healthy")
    return person("medical_insurance", period) & (healthy | person("illness_treated", period))


def labourer(person, period):
    years = person("age", period)
    able = one_of(person("labour_capacity", period), "labour_capacity", "skilled", "ordinary")
    return (years >= PARAMS["working_age_from"]) & (years <= PARAMS["working_age_to"]) & able


def student(person, period):
    years = person("age", period)
    return (
        (years >= 3)
        & (years < 26)
        & one_of(
            person("schooling", period),
            "schooling",
            "preschool",
            "primary_school",
            "junior_school",
            "senior_school",
            "vocational_school",
            "university",
        )
    )


variable("age", Person, int, age)
variable("labourer", Person, bool, labourer)
variable("student", Person, bool, student)
variable("very_ill", Person, bool, lambda m, p: one_of(m("health", p), "health", "serious_illness"))
variable("badly", Person, bool, lambda m, p: one_of(m("disability", p), "disability", "moderate", "severe"))
variable("schooled", Person, bool, schooled)
variable("cared_for", Person, bool, cared_for)

INCOME = [
    "wage_income", "business_income", "property_income", "minimum_allowance_income", "five_guarantee_income",
    "pension_income", "elderly_allowance_income", "disability_allowance_income", "ecological_compensation_income",
    "family_support_income", "other_transfer_income",
]  # fmt: skip


def net_income(household, period):
    return sum(household(name, period) for name in INCOME) - household("production_cost", period)


def met_water(household, period):
    piped = one_of(household("water_source", period), "water_source", "piped")
    near = household("water_minutes", period) <= PARAMS["water_minutes_max"]
    seldom_short = household("water_short_months", period) <= PARAMS["water_short_months_max"]
    return household("water_safe", period) & (piped | near) & seldom_short


def income_gap(household, period):
    line = PARAMS["income_line"] / 100
    gap = line * household("household_size", period) - household("net_income", period)
    return np.where(household("net_income_per_capita", period) < line, gap, 0)


def medical_expense_share(household, period):
    gross = household("gross_income", period)
    return np.where(gross > 0, household("medical_expense", period) * 100 / np.maximum(gross, 1), 0)


def score(household, period):
    points = {"income": 30, "food": 15, "housing": 15, "medical": 15, "education": 15, "clothing": 5, "water": 5}
    return sum(~household(f"met_{need}", period) * n for need, n in points.items())


variable("labourers", Household, int, lambda h, p: h.sum(h.members("labourer", p)))
variable("dependants", Household, int, lambda h, p: h("household_size", p) - h("labourers", p))
variable("students", Household, int, lambda h, p: h.sum(h.members("student", p)))
variable("seriously_ill", Household, int, lambda h, p: h.sum(h.members("very_ill", p)))
variable("badly_disabled", Household, int, lambda h, p: h.sum(h.members("badly", p)))
variable("gross_income", Household, float, lambda h, p: h("net_income", p) + h("production_cost", p))
variable("income_gap", Household, float, income_gap)
variable("medical_expense_share", Household, int, medical_expense_share)
variable("score", Household, int, score)
variable("net_income", Household, float, net_income)
variable("net_income_per_capita", Household, float, lambda h, p: h("net_income", p) / h("household_size", p))
variable("met_income", Household, bool, lambda h, p: h("net_income_per_capita", p) >= PARAMS["income_line"] / 100)
variable(
    "met_food",
    Household,
    bool,
    lambda h, p: one_of(h("food_shortage", p), "food_shortage", "never") & h("protein_weekly", p),
)
variable("met_clothing", Household, bool, lambda h, p: h("seasonal_clothing", p))
variable("met_housing", Household, bool, lambda h, p: one_of(h("house_grade", p), "house_grade", "A", "B"))
variable("met_education", Household, bool, lambda h, p: h.all(h.members("schooled", p)))
variable("met_medical", Household, bool, lambda h, p: h.all(h.members("cared_for", p)))
variable("met_water", Household, bool, met_water)
variable(
    "sign_car",
    Household,
    bool,
    lambda h, p: h("has_car", p) | (h("vehicle_value", p) >= PARAMS["register_vehicle_value"] / 100),
)
variable("sign_town_house", Household, bool, lambda h, p: h("owns_town_house", p) | h("property_entry", p))
variable(
    "sign_business",
    Household,
    bool,
    lambda h, p: h("owns_business", p) | (h("business_value", p) >= PARAMS["register_business_value"] / 100),
)
variable("sign_public_payroll", Household, bool, lambda h, p: h("public_payroll", p) | h("payroll_entry", p))
variable("sign_large_vehicle", Household, bool, lambda h, p: h("has_truck", p) | h("has_tractor", p))


def verdict(household, period):
    needs = ["income", "food", "clothing", "education", "medical", "housing"]
    signs = ["car", "town_house", "business", "public_payroll", "large_vehicle"]
    poor = ~np.all([household(f"met_{need}", period) for need in needs], axis=0)
    sign = np.any([household(f"sign_{each}", period) for each in signs], axis=0)
    return np.where(poor, np.where(sign, 2, 0), 1)


variable("verdict", Household, int, verdict)


def main():
    begun = time.perf_counter()
    system = TaxBenefitSystem([Person, Household])
    for each in VARIABLES:
        system.add_variable(each)
    builder = SimulationBuilder()
    builder.create_entities(system)
    of_household = column("person_household", np.int32)
    count = META["households"]
    builder.declare_person_entity("person", np.arange(len(of_household)))
    households = builder.declare_entity("household", np.arange(count))
    builder.join_with_persons(households, of_household, np.array(["member"] * len(of_household)))
    simulation = builder.build(system)
    dtypes = {"money": np.float32, "int": np.int32, "bool": np.int8, "date": np.int32, "choice": np.int16}
    for name, spec in META["inputs"].items():
        values = column(name, dtypes[spec["type"]])
        if spec["type"] == "bool":
            values = values.astype(bool)
        elif spec["type"] == "date":
            values = values.astype("datetime64[D]")
        elif spec["type"] == "money":
            values = values / np.float32(100)
        simulation.set_input(name, PERIOD, values)
    loaded = time.perf_counter()
    used = time.process_time()
    found = simulation.calculate("verdict", PERIOD)
    for name in ["score", "dependants", "students", "seriously_ill", "badly_disabled", "income_gap", "medical_expense_share"]:
        simulation.calculate(name, PERIOD)
    done = time.perf_counter()
    cpu = time.process_time() - used
    np.savetxt(FOLDER / "verdict.txt", found, fmt="%d")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = {"seconds_load": loaded - begun, "seconds": done - loaded, "cpu_seconds": cpu}
    print(json.dumps({**times, "peak_rss_mb": round(peak)}))


main()
