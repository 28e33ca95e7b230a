#!/usr/bin/env bash
# Puts the programs, their man pages and shell completions under a prefix, or takes them away again. What lies there is
# listed in PREFIX/share/reattempt/installed: nothing else is ever replaced or removed.
#
#   pipelines/setup/install.sh install|uninstall [prefix=DIR]
set -euo pipefail
cd "$(dirname "$0")/../.."
stages=${REATTEMPT_STAGES:-${CARGO_TARGET_DIR:-target}/release}

stop() { printf '%s: %s\n' "$action" "$1" >&2; exit 1; }

action=$1 prefix='~/.local'
for argument in "${@:2}"; do
    case $argument in
        prefix=?*) prefix=${argument#*=} ;;
        *) echo "$action: expected prefix=DIR, found $argument" >&2; exit 2 ;;
    esac
done
# Not every shell expands a tilde there.
case $prefix in "~" | "~/"*) prefix=${HOME:?}${prefix#"~"} ;; esac
case $prefix in /*) ;; *) stop "prefix=$prefix: expected a path from the root or from ~" ;; esac
list=$prefix/share/reattempt/installed

# what of PROGRAM: kind, place under the prefix
places() {
    echo "program bin/$1"
    echo "man share/man/man1/$1.1"
    echo "bash share/bash-completion/completions/$1"
    echo "zsh share/zsh/site-functions/_$1"
    echo "fish share/fish/vendor_completions.d/$1.fish"
}
listed() { [ -e "$list" ] && grep --fixed-strings --line-regexp --quiet -- "$1" "$list"; }
# take PATH: removes a file and the folders that it leaves empty
take() {
    rm -f "$prefix/$1"
    (cd "$prefix" && rmdir --parents --ignore-fail-on-non-empty -- "$(dirname "$1")" 2>/dev/null) || true
}

if [ "$action" = uninstall ]; then
    [ -e "$list" ] || stop "nothing is listed in $list: nothing of reattempt was installed under $prefix"
    while read -r place; do take "$place"; done <"$list"
    take share/reattempt/installed
    echo "Removed from $prefix"
    exit
fi

strip=()
if command -v strip >/dev/null; then strip=(--strip); fi
programs=() wanted=()
for folder in bins/*/; do programs+=("$(basename "$folder")"); done
for program in "${programs[@]}"; do
    [ -x "$stages/$program" ] || stop "$stages/$program is not built: ./just setup"
    while read -r kind place; do
        wanted+=("$place")
        folder=$prefix/$(dirname "$place")
        { mkdir -p "$folder" && [ -w "$folder" ]; } 2>/dev/null || stop "cannot write to $folder: name another place, such as prefix=~/.local"
        if [ -e "$prefix/$place" ] && ! listed "$place"; then
            stop "$prefix/$place exists and is not of reattempt: name another prefix, or move it away"
        fi
    done < <(places "$program")
done

# Listed before they are there: an installation that was interrupted is known for what it is.
mkdir -p "$(dirname "$list")"
before=$(cat "$list" 2>/dev/null || true)
printf '%s\n' $before "${wanted[@]}" | sort -u >"$list.new" && mv "$list.new" "$list"
for program in "${programs[@]}"; do
    while read -r kind place; do
        if [ "$kind" = program ]; then
            install "${strip[@]}" -m 755 "$stages/$program" "$prefix/$place"
        else
            "$stages/$program" --generate "$kind" >"$prefix/$place"
        fi
    done < <(places "$program")
done
# what an older version had and this one has not
for place in $before; do
    case " ${wanted[*]} " in *" $place "*) ;; *) take "$place" ;; esac
done
printf '%s\n' "${wanted[@]}" | sort >"$list.new" && mv "$list.new" "$list"

for program in "${programs[@]}"; do
    (cd / && env -i "$prefix/bin/$program" --version >/dev/null) || stop "$prefix/bin/$program does not start"
done
echo "Installed ${#programs[@]} programs with man pages and completions under $prefix"
libtorch=$(ldd "$prefix/bin/rollout" | awk '/libtorch_cpu/ {print $3}')
echo "They find libtorch in $(dirname "$libtorch"): keep that folder, or install again after moving it"
case :$PATH: in *:"$prefix/bin":*) ;; *) echo "Put $prefix/bin on the PATH" ;; esac
echo "bash and fish look for completions in ~/.local/share and /usr/local/share; elsewhere, put $prefix/share into XDG_DATA_DIRS"
echo "zsh finds them with fpath+=($prefix/share/zsh/site-functions) before compinit"
