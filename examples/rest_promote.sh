#!/bin/sh
# Log a model, promote it, pull it, roll it back: over REST, with curl and sha256sum alone.
#
#   export GREENROOM_URL=http://127.0.0.1:4747 GREENROOM_API_KEY=<key>
#   sh examples/rest_promote.sh
set -eu

url="${GREENROOM_URL:-${WANDB_BASE_URL:-http://127.0.0.1:4747}}/api/v1"
key="${GREENROOM_API_KEY:-${WANDB_API_KEY:?set GREENROOM_API_KEY to your key}}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# call METHOD PATH [curl options]: leaves the answer in $work/answer, its headers in $work/headers.
call() {
  method=$1 path=$2
  shift 2
  curl --silent --show-error --fail-with-body --request "$method" "$url$path" \
    --header "Authorization: Bearer $key" --header 'Content-Type: application/json' \
    --dump-header "$work/headers" --output "$work/answer" "$@"
}

# expect_refusal METHOD PATH [curl options]: shows what the registry says.
expect_refusal() {
  if call "$@" 2>/dev/null; then
    echo "this should have been refused: $1 $2" >&2
    exit 1
  fi
  sed -E 's/.*"detail":"(([^"\\]|\\.)*)","code":"([a-z_]+)".*/\3: \1/; s/\\"/"/g' "$work/answer"
  echo
}

# field NAME: the first text under that name in the last answer.
field() {
  tr ',{' '\n\n' <"$work/answer" | sed -n "s/^\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1
}

digest_of() {
  { sha256sum "$1" 2>/dev/null || shasum -a 256 "$1"; } | cut -d ' ' -f 1
}

# log_model FILE ALIASES: the manifest, the bytes that the registry asks for, the commit.
log_model() {
  file="\"path\":\"my_awesome_model.h5\",\"digest\":\"sha256:$(digest_of "$1")\""
  file="{$file,\"size\":$(wc -c <"$1")}"
  call POST "$collection/versions" \
    --data "{\"type\":\"model\",\"entries\":[$file],\"aliases\":[$2]}"
  draft=$(field id) upload=$(field url)
  # No link: the registry has these bytes already.
  if [ -n "$upload" ]; then
    curl --silent --show-error --fail --upload-file "$1" "$upload" >/dev/null
  fi
  call POST "$collection/drafts/$draft/commit"
}

call GET /me
entity=$(field entity)
collection="/projects/$entity/model-registry-demo/collections/image-classifier"

echo "== Log a model with the alias staging"
echo "weights of $(date +%s) $$" >"$work/first.h5"
log_model "$work/first.h5" '"staging"'
first=$(field version)
echo "logged $first"

echo "== Find it by that alias, and promote what was found"
call GET "$collection/versions/staging"
found=$(field version)
echo "staging is $found"
test "$found" = "$first"
call PUT "$collection/aliases/production" \
  --data "{\"version\":\"$found\",\"reason\":\"passed review\"}"
call DELETE "$collection/aliases/staging?version=$found"

echo "== Pull production, and get the same bytes"
call GET "$collection/versions/production/files/my_awesome_model.h5"
cmp "$work/first.h5" "$work/answer"
echo "production is $found, sha256 $(digest_of "$work/answer")"

echo "== Log a better one; promote it only if nobody moved production meanwhile"
echo "better weights of $(date +%s) $$" >"$work/better.h5"
log_model "$work/better.h5" ''
better=$(field version)
call GET "$collection/aliases/production"
etag=$(tr -d '\r' <"$work/headers" | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
call PUT "$collection/aliases/production" --header "If-Match: $etag" \
  --data "{\"version\":\"$better\"}"
call GET "$collection/versions/$first"
displaced=$(sed 's/.*"aliases":\(\[[^]]*\]\).*/\1/' "$work/answer")
echo "production is $better, and $first became $displaced"

echo "== The same expectation once more is refused, with what is there now"
expect_refusal PUT "$collection/aliases/production" --header "If-Match: $etag" \
  --data "{\"version\":\"$first\"}"

echo "== Move production back"
call POST "$collection/aliases/production/rollback" --data '{"reason":"too slow"}'
test "$(field version)" = "$first"
call GET "$collection/resolve/production"
echo "production is $(field version) again; its last three moves, newest first:"
call GET "$collection/aliases/production/history?limit=3"
tr ',' '\n' <"$work/answer" | sed -n 's/^"cause":"\([a-z]*\)".*/  \1/p'

echo "== An alias and a model that are not there are said to be so at once"
expect_refusal GET "$collection/resolve/canary"
typo="/projects/$entity/model-registry-demo/collections/image-clasifier"
expect_refusal GET "$typo/resolve/production"
