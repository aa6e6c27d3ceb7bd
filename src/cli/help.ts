/** What `--help` prints. Loads nothing. */
export const HELP = `etcd-scenarios: disaster drills and upgrade tests for etcd, as YAML, on real etcd containers

  etcd-scenarios run [FILE | FOLDER | FILE:LINE …]   run drills; without a path those not tagged \`slow\`
  etcd-scenarios init [FOLDER]                       a first drill, the configuration, a CI workflow; nothing is overwritten
  etcd-scenarios new FILE [--template NAME]          write a drill that passes, to change: bootstrap, lose-a-member,
                                                     lose-the-majority, restore, upgrade
  etcd-scenarios validate [PATH…]                    find mistakes, without Docker
  etcd-scenarios list [PATH…] [--json]               what there is
  etcd-scenarios plan [PATH…] [--etcd V] [--json]    what would run, step by step, without Docker
  etcd-scenarios runbook FILE [--etcd V] [--out FILE] the drill as a document to follow in an incident;
                                                     --format sh: as a bash script that runs by itself
  etcd-scenarios steps [NAME]                        the actions of a drill, or all about one
  etcd-scenarios rules [NAME]                        what a drill is checked by, or all about one rule
  etcd-scenarios images [VERSION…]                   make etcd images available
  etcd-scenarios images --list [VERSION…] [--json]   what versions there are, and where each comes from
  etcd-scenarios images --save FILE [VERSION…]       the engine’s images as one file, for a machine without a network
  etcd-scenarios images --load FILE                  … and from it
  etcd-scenarios bisect FILE --good V --bad V        between which two versions the verdict changes
  etcd-scenarios doctor [--json]                     whether this machine and its engine can run drills
  etcd-scenarios clean [--older-than D | --run ID]   remove what dead runs left
  etcd-scenarios import FILE [--to V]                flags and version of an etcd that runs, for --var-file
  etcd-scenarios schema                              print the JSON Schema of a drill, for editors

validate
  --format NAME      text, json (an array of problems) or github (annotations)
  --strict           exit 2 for warnings too; --max-warnings N: for more than N

run, what to run
  --etcd V,V         etcd versions: 3.5.35, the newest of a line (3.5), all of a range (">=3.5.21 <3.7"), latest; a drill that names its own runs with those among them
  --tag EXPR         by tags: \`recovery and not slow\`, \`(a or b) and c\`
  --grep TEXT        by a part of the name
  --var k=v          a value for the drill's \`vars\`; may stand several times
  --var-file FILE    values for them from a file, YAML or JSON; --var goes before
  --repeat N         each case N times

bisect
  --good V --bad V   a version that passes and one that fails, whichever is the newer
  --repeat N         a version is bad when one of N runs fails
  --over NAME        halves over the values of a variable: --var is given to each run, NAME is what changes

run, how
  --jobs N           so many side by side; left out: what the engine's cores and memory carry
  --fail-fast        start nothing more after a failure
  --timeout D        a drill's deadline where it names none (5m)
  --min-run N        exit 2 where fewer than N passed
  --keep             leave the cluster of a failed drill up, and say how to reach it
  --show-values      show the values of a snapshot from outside (their length and SHA-256 stand for them otherwise)
  --image TEMPLATE   the image, {version} is replaced: 'registry.k8s.io/etcd:{version}-0' ($ETCD_SCENARIOS_IMAGE)
  --pull WHEN        missing (pull what is not there) or never
  --bind ADDRESS     where ports are bound when the engine is on another machine; 127.0.0.1 otherwise

run, reports
  --reports DIR      where reports and members' logs go (reports/)
  --reporter NAME,…  console, ndjson, junit, summary, github

Exit codes: 0 all passed; 1 an expectation failed; 2 a file or the command line is wrong, or nothing was selected;
3 the environment failed; 130 interrupted.
Configuration: etcd-scenarios.config.json in this folder (etcd, image, jobs, timeouts, reports, pull, bind).
`;
