# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_uncramp_global_optspecs
    string join \n config= color= h/help V/version
end

function __fish_uncramp_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_uncramp_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_uncramp_using_subcommand
    set -l cmd (__fish_uncramp_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c uncramp -n "__fish_uncramp_needs_command" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_needs_command" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_needs_command" -s V -l version -d 'Print version'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "run" -d 'Controls the bedrooms until it is told to stop'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "check" -d 'Reads the configuration and says everything that is wrong or dangerous in it'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "replay" -d 'Plays recorded nights and says what uncramp would have done'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "demo" -d 'Shows a make-believe bedroom on the real daemon: a night in about a minute'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "setup" -d 'Finds the devices on the broker, asks a few questions, and writes the configuration'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "try" -d 'Tries a heater, a fan or the voice once, watched, and switches it off again'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "why" -d 'Says why everything is as it is now'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "history" -d 'Says what was decided and done in a night, and why'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "diary" -d 'Says what people logged: cramps, nights without, drinks; also as a table'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "backup" -d 'Copies everything that is kept, and the configuration, into one file, also while it runs'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "restore" -d 'Brings a backup back; what is there is set aside, and nothing deleted'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "support" -d 'Prints what helps to find a fault, without secrets and names, to be pasted into an issue'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "dashboard" -d 'Prints a page for Home Assistant with the bedrooms of the configuration'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "leave" -d 'Hands back what may still be on and clears uncramp\'s topics, before it is removed'
complete -c uncramp -n "__fish_uncramp_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c uncramp -n "__fish_uncramp_using_subcommand run" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand run" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand check" -l nights -d 'How many nights; else as many as there is time for' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand check" -l seed -d 'The night to begin with; else any. The same number is the same night' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand check" -l for -d 'For how long, if --nights does not say how many: such as 60s or 10m' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand check" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand check" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand check" -l prove -d 'Plays random nights in the bedrooms of this configuration, and looks whether uncramp keeps its promises in all of them'
complete -c uncramp -n "__fish_uncramp_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l sleep -d 'The hours that count as in bed [default: the configuration\'s, else 22:30-06:45]' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l bedroom -d 'Which bedroom of the configuration [default: its first]' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l temperature -d 'Home Assistant: the entity that is the bedroom\'s temperature' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l humidity -d 'Home Assistant: the entity that is the bedroom\'s humidity' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l night -d 'Shows only the night of this evening, and draws it into the file named by --svg' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l svg -d 'The picture to be written' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l json -d 'One JSON object for each night, a line each'
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -l fahrenheit -d 'Temperatures are in °F where the file does not say'
complete -c uncramp -n "__fish_uncramp_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l seed -d 'Another night: it chooses the weather\'s whims and when Anna goes to bed' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l port -d 'The broker\'s port on this machine; a free one if left out' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l simple -d 'A thermometer and a radiator valve, and nothing else'
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l fast -d 'As fast as the machine can, instead of a night in about a minute'
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l hold -d 'Keep the broker and what it retains after the night, until Ctrl-C'
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -l print-config -d 'Print the configuration that the demo runs on, and end'
complete -c uncramp -n "__fish_uncramp_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l host -d 'The broker; else the Supervisor\'s, else this machine\'s. `embedded` is one inside uncramp' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l port -d 'Its port' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l ca -d 'The certificate of whoever signed the broker\'s, as a PEM file; encrypts, too' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l username -d 'As whom to sign in. The password: --password-file, or `UNCRAMP_MQTT_PASSWORD`' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l password-file -d 'The file in which the password stands alone' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l listen -d 'How long to listen for announcements, in seconds' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l bedroom -d 'What people call the bedroom; its name in topics is made of that. Else `bedroom`' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l use -d 'Use a device, by its name or address, as room, bed, outdoors, `in_bed`, window, co2, radiator, `heat_pump`, panel, blanket, portable or fan. May be given several times; then these are all that is used, and none is guessed' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l language -d 'The language of words, en or de; else the terminal\'s, if uncramp speaks it' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l units -d 'Metric (°C, mL) or imperial (°F, fluid ounces); else by where the house is, or by what its devices speak' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l timezone -d 'The house\'s time zone, such as Europe/Berlin; else this machine\'s' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l sleep -d 'The usual hours' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l sleepers -d 'Who sleeps there: "Anna 1955, Ben 1950, baby"' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l side -d 'Whose side of the bed a sensor is on: "Left mat=Anna". May be given several times' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l conditions -d 'What holds for somebody: Anna=diabetes,wounds or Anna=none. May be given several times' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l room-is -d 'How the room is at night: cold, right or warm' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l yes -d 'Ask nothing: what the flags do not say is guessed, and what cannot be is left out'
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l replace -d 'Replace a configuration that is there; it is kept beside the new one'
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l tls -d 'Encrypt the connection'
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -l try -d 'Try heaters, fans and the voice at the end; what obeys is then run, not watched'
complete -c uncramp -n "__fish_uncramp_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand try" -l bedroom -d 'In which bedroom; needed if there are several' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand try" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand try" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand try" -l yes -d 'Do not ask first'
complete -c uncramp -n "__fish_uncramp_using_subcommand try" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand why" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand why" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand history" -l night -d 'The night of this evening [default: the last one]' -r
complete -c uncramp -n "__fish_uncramp_using_subcommand history" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand history" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand history" -l nights -d 'One line for each night'
complete -c uncramp -n "__fish_uncramp_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand diary" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand diary" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand diary" -l csv -d 'Everything ever logged, for a spreadsheet: time,night,bedroom,entry,sleeper,ml'
complete -c uncramp -n "__fish_uncramp_using_subcommand diary" -l all -d 'Every night, not only the latest ones'
complete -c uncramp -n "__fish_uncramp_using_subcommand diary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand backup" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand backup" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand restore" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand restore" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand support" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand support" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand support" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand dashboard" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand dashboard" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand dashboard" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand leave" -l config -d 'The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`, `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore` writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`' -r -F
complete -c uncramp -n "__fish_uncramp_using_subcommand leave" -l color -d 'Whether to colour what is shown; with `NO_COLOR` in the environment never' -r -f -a "auto\t'Where it is seen by a person'
always\t'Always'
never\t'Never'"
complete -c uncramp -n "__fish_uncramp_using_subcommand leave" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "run" -d 'Controls the bedrooms until it is told to stop'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "check" -d 'Reads the configuration and says everything that is wrong or dangerous in it'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "replay" -d 'Plays recorded nights and says what uncramp would have done'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "demo" -d 'Shows a make-believe bedroom on the real daemon: a night in about a minute'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "setup" -d 'Finds the devices on the broker, asks a few questions, and writes the configuration'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "try" -d 'Tries a heater, a fan or the voice once, watched, and switches it off again'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "why" -d 'Says why everything is as it is now'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "history" -d 'Says what was decided and done in a night, and why'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "diary" -d 'Says what people logged: cramps, nights without, drinks; also as a table'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "backup" -d 'Copies everything that is kept, and the configuration, into one file, also while it runs'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "restore" -d 'Brings a backup back; what is there is set aside, and nothing deleted'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "support" -d 'Prints what helps to find a fault, without secrets and names, to be pasted into an issue'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "dashboard" -d 'Prints a page for Home Assistant with the bedrooms of the configuration'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "leave" -d 'Hands back what may still be on and clears uncramp\'s topics, before it is removed'
complete -c uncramp -n "__fish_uncramp_using_subcommand help; and not __fish_seen_subcommand_from run check replay demo setup try why history diary backup restore support dashboard leave help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
