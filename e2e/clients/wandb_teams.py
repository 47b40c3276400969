"""Users, keys, teams and the members of registries, as an administrator and as who was invited."""

import json
import sys

import wandb

ORGANIZATION = "Greenroom"
seen = {}


def raises(ask):
    try:
        ask()
    except Exception as error:
        while error.__cause__ is not None:
            error = error.__cause__
        return str(error)
    raise AssertionError("this was not refused")


def as_user(key):
    return wandb.Api(api_key=key)


ada_key, eve_key = sys.argv[1:]
api = wandb.Api()
me = api.viewer
assert me.username == "admin" and me.admin and me.teams == ["admin"], me.teams
assert len(me.api_keys) == 1 and api.api_key.startswith(me.api_keys[0])
assert api.default_entity == "admin"
organization = api.organization(ORGANIZATION)
assert organization.org_entity.name == "greenroom-org"

# Users.
ada = api.user("ada")
assert ada.username == "ada" and not ada.admin and ada.teams == ["ada"]
assert api.user("nobody-of-this-name") is None
assert [user.username for user in api.users("ad")] == ["admin", "ada"]
grace = api.create_user("Grace.Hopper@example.com")
assert grace.username == "Grace.Hopper" and grace.email == "Grace.Hopper@example.com"
assert api.user("Grace.Hopper@example.com").id == grace.id
seen["a user by who may not"] = raises(lambda: as_user(ada_key).create_user("x@example.com"))

# Keys of one's own.
mine = as_user(ada_key)
viewer = mine.viewer
key = viewer.generate_api_key("of the tests")
assert len(key) >= 40 and as_user(key).viewer.username == "ada"
again = as_user(key).viewer
assert len(again.api_keys) == 2 and key.startswith(again.api_keys[1])
assert again.delete_api_key(again.api_keys[1]) is True
seen["a deleted key"] = raises(lambda: as_user(key).viewer)
assert mine.user("admin").api_keys == []

# Teams: names keep their case, who made it is its admin, and its members work in it.
team = api.create_team("Vision")
assert team.name == "Vision" and team.entity_type == "team" and team.is_team
assert [(member.username, member.admin) for member in team.members] == [("admin", True)]
assert team.invite("ada") is True and team.invite("nobody-of-this-name") is False
assert team.invite("Grace.Hopper@example.com", admin=True) is True
members = {member.username: member for member in api.team("Vision").members}
assert sorted(members) == ["Grace.Hopper", "ada", "admin"]
assert members["Grace.Hopper"].admin and not members["ada"].admin
assert members["ada"].account_type == "USER" and not members["ada"].pending
account = team.create_service_account("Nightly training")
assert account.name == "Nightly training" and account.account_type == "SERVICE"
seen["account"] = account.username
assert as_user(ada_key).viewer.teams == ["ada", "Vision"]
assert api.user("ada").teams == ["ada", "Vision"]
assert as_user(eve_key).team("Vision").members == []
assert as_user(ada_key).team("Vision").invite("eve") is False
assert [member.username for member in api.team("ada").members] == ["ada"]
assert api.team("no-such-team").members == [] and api.team("no-such-team").available
taken = api.create_team("Vision")
assert taken.id == team.id

# What the team owns: runs, artifacts, and one organization by its entity.
with wandb.init(entity="Vision", project="shared") as run:
    artifact = wandb.Artifact("shared-model", type="model")
    with artifact.new_file("weights.txt") as file:
        file.write("of the team")
    run.log_artifact(artifact).wait()
    run.link_artifact(artifact, "wandb-registry-model/Shared", aliases=["production"])
reader = as_user(ada_key)
assert reader.artifact("Vision/shared/shared-model:v0").digest
seen["a project of a team by who is not in it"] = raises(
    lambda: as_user(eve_key).artifact("Vision/shared/shared-model:v0")
)
linked = as_user(eve_key).artifact("wandb-registry-model/Shared:production")
assert linked.is_link and linked.source_entity == "", linked.source_entity
assert as_user(eve_key).artifact(f"{ORGANIZATION}/wandb-registry-model/Shared:v0").id == linked.id

# Members of a registry: a restricted one is theirs alone.
registry = api.create_registry("Secret", visibility="restricted")
assert [(member.user.username, member.role) for member in registry.user_members()] == [
    ("admin", "admin")
]
assert registry.team_members() == []


def sees(key):
    return "Secret" in {each.name for each in as_user(key).registries()}


assert not sees(ada_key) and not sees(eve_key)
seen["a registry of others"] = raises(lambda: as_user(eve_key).registry("Secret"))
registry.add_members(api.user("eve"), api.team("Vision"))
assert {(each.user.username, each.role) for each in registry.user_members()} == {
    ("admin", "admin"),
    ("eve", "viewer"),
}
assert [(each.team.name, each.role) for each in registry.team_members()] == [("Vision", "viewer")]
assert len(registry.members()) == 3
assert sees(ada_key) and sees(eve_key)
registry.add_members(api.user("eve"))
registry.update_member(api.user("eve"), role="admin")
registry.add_members(api.user("eve"))
registry.update_member(api.team("Vision"), role="member")
roles = {each.user.username: each.role for each in registry.user_members()}
assert roles == {"admin": "admin", "eve": "admin"}, roles
seen["no role"] = raises(lambda: registry.update_member(api.user("eve"), role="emperor"))
registry.remove_members(api.user("eve"), api.team("Vision"))
registry.remove_members(api.user("eve"))
assert not sees(ada_key) and not sees(eve_key)
assert {each.user.username for each in registry.user_members()} == {"admin"}
seen["members by who may not"] = raises(
    lambda: as_user(eve_key).registry("model").add_members(ada)
)

# Members leave.
assert members["Grace.Hopper"].delete() is True
left = [each.username for each in api.team("Vision").members if each.account_type == "USER"]
assert sorted(left) == ["ada", "admin"]
print(json.dumps(seen))
