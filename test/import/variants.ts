/** Inputs as people have them, by kind, and what is right for each. */

export interface Variant {
  kind: string;
  file: string;
  text: string;
  flags: Record<string, string>;
  from?: string;
  /** What is listed as left out, as it is printed, each a part of a line. */
  listed?: string[];
  /** Parts of warnings. */
  warned?: string[];
}

const QUOTA = { 'quota-backend-bytes': '8589934592' };

export const VARIANTS: readonly Variant[] = [
  {
    kind: 'a word that ends in /etcd',
    file: 'working-directory.service',
    text: `[Unit]
Documentation=https://github.com/coreos/etcd
Documentation=man:etcd
[Service]
User=etcd
WorkingDirectory=/var/lib/etcd
ExecStartPre=/usr/bin/mkdir -p /var/lib/etcd
ExecStartPre=/usr/bin/chown -R etcd:etcd /var/lib/etcd
ExecStart=/usr/bin/etcd --quota-backend-bytes=8589934592 --wal-dir /var/lib/etcd
ExecStartPost=/usr/bin/touch --no-create /run/etcd
`,
    flags: QUOTA,
    listed: ['wal-dir', '--no-create'],
  },
  {
    kind: 'a word that ends in /etcd',
    file: 'init-volume.yaml',
    text: `apiVersion: v1
kind: Pod
metadata: {name: etcd}
spec:
  initContainers:
  - {name: mkdir, image: busybox, command: [/bin/sh, -c, "mkdir -p /data/etcd && chmod 700 /data/etcd --verbose"]}
  - {name: copy, image: busybox, args: [cp, -a, /opt/etcd, /usr/local/bin/etcd]}
  containers:
  - name: main
    image: example.test/k8s/etcd-amd64:3.5.16
    args: [--data-dir, /data/etcd, --quota-backend-bytes, "8589934592"]
`,
    flags: QUOTA,
    from: '3.5.16',
    listed: ['data-dir', '--verbose'],
  },
  {
    kind: 'a word that ends in /etcd',
    file: 'reset.service',
    text: `# /lib/systemd/system/etcd.service
[Service]
Environment=ETCD_DATA_DIR=/var/lib/etcd/default
Environment=ETCD_NAME=%H
EnvironmentFile=-/etc/default/%p
Type=notify
ExecStart=/usr/bin/etcd $DAEMON_ARGS

# /etc/systemd/system/etcd.service.d/override.conf
[Service]
Environment="ETCD_SNAPSHOT_COUNT=5000" 'ETCD_MAX_WALS=9'
ExecStart=
ExecStart=/usr/local/bin/etcd --quota-backend-bytes 8589934592 --name %H
`,
    flags: { ...QUOTA, 'snapshot-count': '5000', 'max-wals': '9' },
    listed: ['/etc/default/%p', 'name: %H', 'ETCD_NAME'],
  },
  {
    kind: 'several containers',
    file: 'sidecars.yaml',
    text: `apiVersion: apps/v1
kind: StatefulSet
spec:
  template:
    spec:
      containers:
      - name: metrics
        image: quay.io/coreos/etcd:v3.5.9
        command: [etcd, grpc-proxy, start, --endpoints=http://127.0.0.1:2379, --listen-addr=127.0.0.1:23790]
      - name: defrag
        image: quay.io/coreos/etcd:v3.5.9
        command: [/bin/sh, -c, "while true; do etcdctl defrag --cluster; sleep 3600; done"]
      - name: backup-restore
        image: example.test/etcd-backup-restore:v0.24.0
        args: [server, --storage-provider=S3, --snapstore-temp-directory=/tmp/etcd]
      - name: server
        image: quay.io/coreos/etcd:v3.5.9
        command: [/usr/local/bin/etcd]
        args: [--snapshot-count=5000]
`,
    flags: { 'snapshot-count': '5000' },
    from: '3.5.9',
    listed: ['--endpoints', '--storage-provider', '--cluster'],
  },
  {
    kind: 'several containers',
    file: 'three-members.yml',
    text: `x-etcd: &etcd
  image: quay.io/coreos/etcd:v3.5.21
services:
  etcd0:
    <<: *etcd
    command: etcd --name etcd0 --quota-backend-bytes 8589934592
  etcd1:
    <<: *etcd
    command: etcd --name etcd1 --quota-backend-bytes 1073741824 --max-wals 3
`,
    flags: QUOTA,
    from: '3.5.21',
    listed: ['--max-wals'],
    warned: ['2 etcds are described: read the service etcd0, not the service etcd1'],
  },
  {
    kind: 'wrappers',
    file: 'openshift.yaml',
    text: `kind: Pod
apiVersion: v1
spec:
  containers:
  - name: etcdctl
    image: registry.example/etcd@sha256:abc
    command: [/bin/bash, -c, "trap TERM INT; sleep infinity & wait"]
  - name: etcd
    image: registry.example/etcd@sha256:abc
    command:
    - /bin/sh
    - -c
    - |
      #!/bin/sh
      set -euo pipefail
      etcdctl member list || true
      export ETCD_NODE_PEER_URL_HOST="$\{NODE_IP}"
      exec nice -n -19 ionice -c2 -n0 etcd \\
        --logger=zap \\
        --log-level=info \\
        --experimental-initial-corrupt-check=true \\
        --snapshot-count=10000 \\
        --initial-advertise-peer-urls=https://$\{NODE_IP}:2380 || mv /etc/etcd-backup-dir /tmp --verbose
    env:
    - {name: ETCD_QUOTA_BACKEND_BYTES, value: "8589934592"}
    - {name: ETCD_STATIC_POD_VERSION, value: "7"}
    - name: NODE_IP
      valueFrom: {fieldRef: {fieldPath: status.podIP}}
`.replaceAll('$\\{', '${'),
    flags: {
      ...QUOTA,
      logger: 'zap',
      'log-level': 'info',
      'experimental-initial-corrupt-check': 'true',
      'snapshot-count': '10000',
    },
    listed: ['ETCD_STATIC_POD_VERSION', 'initial-advertise-peer-urls: https://${NODE_IP}:2380', '--verbose', 'NODE_IP'],
  },
  {
    kind: 'wrappers',
    file: 'bash-c.service',
    text: `[Service]
# set GOMAXPROCS to number of processors
ExecStart=/bin/bash -c "GOMAXPROCS=$(nproc) /usr/bin/etcd --name=\\"$\{ETCD_NAME}\\" --max-request-bytes=10485760"
EnvironmentFile=-/etc/etcd/etcd.conf
LimitNOFILE=65536
`.replaceAll('$\\{', '${'),
    flags: { 'max-request-bytes': '10485760' },
    listed: ['name: ${ETCD_NAME}', '/etc/etcd/etcd.conf', 'GOMAXPROCS: $(nproc)'],
  },
  {
    kind: 'wrappers',
    file: 'users.sh',
    text: `#!/bin/bash
set -e
chown -R etcd:etcd /var/lib/etcd --silent
sleep 1; exec sudo -E -u etcd env ETCD_MAX_WALS=9 ETCDCTL_API=3 timeout -k 5 1h /opt/etcd-v3.5.16-linux-amd64/etcd --quota-backend-bytes 8589934592 >> /var/log/etcd.log 2>&1 &
etcdctl --endpoints=x endpoint health
`,
    flags: { 'max-wals': '9', ...QUOTA },
    from: '3.5.16',
    listed: ['--silent', '--endpoints'],
  },
  {
    kind: 'wrappers',
    file: 'su.sh',
    text: `su-exec etcd etcd --max-wals 1 --max-snapshots=2 && echo --max-txn-ops=3 # --metrics=extensive
`,
    flags: { 'max-wals': '1', 'max-snapshots': '2' },
    listed: ['--max-txn-ops', '--metrics'],
  },
  {
    kind: 'shell lines',
    file: 'docker.sh',
    text: `rm -rf /tmp/etcd-data.tmp && mkdir -p /tmp/etcd-data.tmp && \\
  docker rmi gcr.io/etcd-development/etcd:v3.5.9 || true && \\
  docker run \\
  -p 2379:2379 \\
  -p 2380:2380 \\
  --mount type=bind,source=/tmp/etcd-data.tmp,destination=/etcd-data \\
  --name etcd-gcr-v3.5.9 \\
  gcr.io/etcd-development/etcd:v3.5.9 \\
  /usr/local/bin/etcd \\
  --name s1 \\
  --data-dir /etcd-data \\
  --initial-cluster-state new \\
  --log-level info \\
  --logger zap \\
  --log-outputs stderr

docker exec etcd-gcr-v3.5.9 /usr/local/bin/etcdctl --write-out=table version
`,
    flags: { 'log-level': 'info', logger: 'zap' },
    from: '3.5.9',
    listed: ['--mount', '--write-out', 'initial-cluster-state'],
  },
  {
    kind: 'shell lines',
    file: 'the-hard-way.sh',
    text: `INTERNAL_IP=$(curl -s http://metadata/ip)
cat <<EOF | sudo tee /etc/systemd/system/etcd.service
[Unit]
Description=etcd

[Service]
ExecStart=/usr/local/bin/etcd \\\\
  --name $\{ETCD_NAME} \\\\
  --auto-compaction-retention=$((24 * 60))m \\\\
  --quota-backend-bytes 8589934592 \\\\
  --data-dir=/var/lib/etcd
Restart=on-failure
EOF
sudo systemctl daemon-reload --no-ask-password
`.replaceAll('$\\{', '${'),
    flags: QUOTA,
    listed: ['name: ${ETCD_NAME}', 'auto-compaction-retention: $((24 * 60))m', '--no-ask-password'],
  },
  {
    kind: 'one flag a line',
    file: 'args-list.yaml',
    text: `- --quota-backend-bytes=8589934592
- --snapshot-count=5000
`,
    flags: { ...QUOTA, 'snapshot-count': '5000' },
  },
  {
    kind: 'one flag a line',
    file: 'flags.txt',
    text: `# what we run with
--quota-backend-bytes 8589934592 \\
--max-wals 9
-snapshot-count=5000
--pre-vote
`,
    flags: { ...QUOTA, 'max-wals': '9', 'snapshot-count': '5000', 'pre-vote': 'true' },
  },
  {
    kind: 'options in a variable',
    file: 'etcd.default',
    text: `## etcd(1) daemon options
# ETCD_SNAPSHOT_COUNT="10000"
DAEMON_ARGS="--quota-backend-bytes=8589934592 \\
  --max-wals=9"
ETCD_HEARTBEAT_INTERVAL=250
#ETCD_ELECTION_TIMEOUT="1000"
`,
    flags: { 'heartbeat-interval': '250', ...QUOTA, 'max-wals': '9' },
    listed: ['ETCD_SNAPSHOT_COUNT', 'ETCD_ELECTION_TIMEOUT'],
  },
  {
    kind: 'options in a variable',
    file: 'opts.service',
    text: `[Service]
Environment="ETCD_OPTS=--max-wals=9 --max-snapshots 7"
ExecStart=/usr/bin/etcd $ETCD_OPTS --quota-backend-bytes=8589934592 $ETCD_MORE
`,
    flags: { 'max-wals': '9', 'max-snapshots': '7', ...QUOTA },
    listed: ['$ETCD_MORE'],
  },
  {
    kind: 'options in a variable',
    file: 'init.d.conf',
    text: `command="/usr/bin/etcd"
command_args="--quota-backend-bytes 8589934592 --max-wals $\{MAX_WALS:-5}"
pidfile=/run/etcd.pid
`.replaceAll('$\\{', '${'),
    flags: QUOTA,
    listed: ['max-wals: ${MAX_WALS:-5}'],
  },
  {
    kind: 'environment variables alone',
    file: 'compose.yaml',
    text: `services:
  etcd:
    image: bitnamilegacy/etcd:3.5.21-debian-12-r5
    env_file: [.env, {path: secret.env, required: false}]
    environment:
      ALLOW_NONE_AUTHENTICATION: "yes"
      ETCD_ON_K8S: "no"
      ETCD_ROOT_PASSWORD: hunter2
      ETCD_CFG_LOG_LEVEL: info
      ETCD_SNAPSHOT_COUNT: 5000
      ETCD_MAX_WALS:
      ETCD_ADVERTISE_CLIENT_URLS: http://etcd:2379
      ETCD_QUOTA_BACKEND_BYTES: $\{QUOTA}
`.replaceAll('$\\{', '${'),
    flags: { 'snapshot-count': '5000' },
    from: '3.5.21',
    listed: [
      'ETCD_ON_K8S',
      'ETCD_ROOT_PASSWORD',
      'ETCD_CFG_LOG_LEVEL',
      'ETCD_MAX_WALS',
      'quota-backend-bytes (ETCD_QUOTA_BACKEND_BYTES): ${QUOTA}',
      'the environment file .env',
      'the environment file secret.env',
    ],
  },
  {
    kind: 'environment variables alone',
    file: 'etcd.container',
    text: `[Unit]
Description=etcd
[Container]
ContainerName=etcd
Image=quay.io/coreos/etcd:v3.5.16
Environment=ETCD_SNAPSHOT_COUNT=5000 ETCD_NAME=default
Exec=--max-wals=9 --snapshot-count=6000
PublishPort=2379:2379
[Install]
WantedBy=default.target
`,
    flags: { 'max-wals': '9', 'snapshot-count': '6000' },
    from: '3.5.16',
    listed: ['ETCD_SNAPSHOT_COUNT'],
  },
  {
    kind: 'a configuration file is named',
    file: 'with-file.service',
    text: `[Service]
Environment=ETCD_MAX_WALS=3
ExecStart=/usr/bin/etcd --config-file /etc/etcd/etcd.conf.yml --snapshot-count 5000
`,
    flags: {},
    listed: ['config-file: /etc/etcd/etcd.conf.yml', 'snapshot-count', 'ETCD_MAX_WALS'],
    warned: ['etcd reads /etc/etcd/etcd.conf.yml', '`flags` is empty'],
  },
  {
    kind: 'a configuration file is named',
    file: 'compose-file.yml',
    text: `services:
  etcd:
    image: quay.io/coreos/etcd:v3.5.16
    environment: [ETCD_CONFIG_FILE=/conf/etcd.yml, ETCD_SNAPSHOT_COUNT=5]
`,
    flags: {},
    from: '3.5.16',
    listed: ['config-file: /conf/etcd.yml', 'ETCD_SNAPSHOT_COUNT'],
  },
  {
    kind: 'several documents',
    file: 'config-map.yaml',
    text: `apiVersion: v1
kind: ConfigMap
metadata: {name: etcd-config}
data:
  etcd.conf.yml: |
    name: default
    data-dir: /var/lib/etcd
    quota-backend-bytes: 8589934592
    listen-client-urls: http://0.0.0.0:2379
    advertise-client-urls:
      etcd-0: [http://etcd-0:2379]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: etcd}
spec:
  template:
    spec:
      containers:
      - name: etcd
        image: quay.io/coreos/etcd:v3.5.21
        command: [etcd, --config-file=/etc/etcd/etcd.conf.yml]
`,
    flags: QUOTA,
    from: '3.5.21',
    listed: ['advertise-client-urls', 'advertise-client-urls.etcd-0', 'config-file: /etc/etcd/etcd.conf.yml'],
  },
  {
    kind: 'several documents',
    file: 'list.yaml',
    text: `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: etcd-env}
  data: {ETCD_SNAPSHOT_COUNT: "5000", ETCD_NAME: x}
- apiVersion: apps/v1
  kind: Deployment
  spec:
    template:
      spec:
        containers:
        - name: api
          image: example/api:1
          args: [--etcd-servers=http://etcd:2379]
- apiVersion: v1
  kind: Pod
  spec:
    containers:
    - name: etcd
      image: quay.io/coreos/etcd:v3.5.9
      command: [etcd]
      envFrom: [{configMapRef: {name: etcd-env}}, {secretRef: {name: etcd-secret}}]
      env:
      - {name: ETCD_MAX_WALS, value: "9"}
      - name: ETCD_AUTH_TOKEN
        valueFrom: {secretKeyRef: {name: etcd-secret, key: token}}
`,
    flags: { 'snapshot-count': '5000', 'max-wals': '9' },
    from: '3.5.9',
    listed: ['--etcd-servers', 'envFrom secretRef etcd-secret', 'ETCD_AUTH_TOKEN'],
  },
  {
    kind: 'what etcd itself reads',
    file: 'brackets.yml',
    text: `name: a
data-dir: /var/lib/etcd
snapshot-count: 10000
snapshot-count: 5000
log-outputs: [
  stderr,
]
peer-transport-security: {
  cert-file: /x,
}
`,
    flags: { 'snapshot-count': '5000' },
    listed: ['log-outputs', 'peer-cert-file'],
  },
  {
    kind: 'what etcd itself reads',
    file: 'etcd.json',
    text: `{"name": "a", "data-dir": "/d", "quota-backend-bytes": 8589934592,
"client-transport-security": {"auto-tls": true, "allowed-cn": "x"}, "socket-options": {"reuse-port": true}
}`,
    flags: QUOTA,
    listed: ['socket-options', 'socket-options.reuse-port', 'auto-tls'],
  },
  {
    kind: 'platforms',
    file: 'kubeadm-v1beta3.yaml',
    text: `apiVersion: kubeadm.k8s.io/v1beta3
kind: InitConfiguration
---
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
kubernetesVersion: v1.28.4
apiServer:
  extraArgs: {etcd-compaction-interval: 5m}
etcd:
  local:
    dataDir: /var/lib/etcd
    extraArgs:
      quota-backend-bytes: "8589934592"
      listen-metrics-urls: http://0.0.0.0:2381
`,
    flags: QUOTA,
    listed: ['listen-metrics-urls', 'etcd.local.dataDir'],
    warned: ['kubeadm of Kubernetes v1.28.4'],
  },
  {
    kind: 'platforms',
    file: 'cluster-api.yaml',
    text: `apiVersion: controlplane.cluster.x-k8s.io/v1beta1
kind: KubeadmControlPlane
metadata: {name: cp}
spec:
  kubeadmConfigSpec:
    clusterConfiguration:
      etcd:
        local:
          imageTag: v3.5.16-0
          extraArgs: {election-timeout: "2500", heartbeat-interval: "250"}
`,
    flags: { 'election-timeout': '2500', 'heartbeat-interval': '250' },
    from: '3.5.16',
  },
  {
    kind: 'platforms',
    file: 'rke2.yaml',
    text: `write-kubeconfig-mode: "0644"
etcd-expose-metrics: true
etcd-snapshot-schedule-cron: "0 */6 * * *"
etcd-arg: quota-backend-bytes=8589934592
etcd-extra-env: [ETCD_MAX_WALS=9]
kube-apiserver-arg: [etcd-compaction-interval=5m]
`,
    flags: { 'max-wals': '9', ...QUOTA },
    listed: ['etcd-expose-metrics', 'etcd-snapshot-schedule-cron'],
  },
  {
    kind: 'platforms',
    file: 'rancher.yaml',
    text: `apiVersion: provisioning.cattle.io/v1
kind: Cluster
spec:
  kubernetesVersion: v1.30.4+rke2r1
  rkeConfig:
    machineGlobalConfig:
      cni: calico
      etcd-arg: ["--quota-backend-bytes=8589934592"]
`,
    flags: QUOTA,
  },
  {
    kind: 'platforms',
    file: 'rke1.yml',
    text: `services:
  etcd:
    image: rancher/mirrored-coreos-etcd:v3.5.9
    snapshot: true
    creation: 6h
    extra_args: {quota-backend-bytes: '8589934592', election-timeout: 5000}
  kube-api:
    extra_args: {v: 4}
`,
    flags: { ...QUOTA, 'election-timeout': '5000' },
    from: '3.5.9',
    listed: ['services.etcd.snapshot', 'services.etcd.creation'],
  },
  {
    kind: 'platforms',
    file: 'talos.yaml',
    text: `version: v1alpha1
machine: {type: controlplane}
cluster:
  controlPlane: {endpoint: "https://10.0.0.1:6443"}
  etcd:
    image: gcr.io/etcd-development/etcd:v3.5.16
    advertisedSubnets: [10.0.0.0/24]
    extraArgs:
      election-timeout: "5000"
      listen-metrics-urls: http://0.0.0.0:2381
---
apiVersion: v1alpha1
kind: WatchdogTimerConfig
`,
    flags: { 'election-timeout': '5000' },
    from: '3.5.16',
    listed: ['listen-metrics-urls', 'cluster.etcd.advertisedSubnets'],
  },
  {
    kind: 'platforms',
    file: 'kops.yaml',
    text: `apiVersion: kops.k8s.io/v1alpha2
kind: Cluster
spec:
  etcdClusters:
  - cpuRequest: 200m
    etcdMembers: [{instanceGroup: a, name: a}]
    name: events
  - etcdMembers: [{instanceGroup: a, name: a}]
    manager:
      backupRetentionDays: 90
      env:
      - {name: ETCD_QUOTA_BACKEND_BYTES, value: "8589934592"}
      - {name: ETCD_MANAGER_HOURLY_BACKUPS_RETENTION, value: 7d}
    name: main
    version: 3.5.9
    leaderElectionTimeout: 5s
    heartbeatInterval: 500ms
`,
    flags: { 'heartbeat-interval': '500', 'election-timeout': '5000', ...QUOTA },
    from: '3.5.9',
    listed: ['ETCD_MANAGER_HOURLY_BACKUPS_RETENTION', 'manager.backupRetentionDays', 'etcdClusters.etcdMembers'],
    warned: ['events'],
  },
  {
    kind: 'platforms',
    file: 'operator.yaml',
    text: `apiVersion: operator.etcd.io/v1alpha1
kind: EtcdCluster
metadata: {name: etcd}
spec:
  size: 3
  version: v3.5.21
  etcdOptions: ["--quota-backend-bytes=8589934592", "--snapshot-count=5000"]
`,
    flags: { ...QUOTA, 'snapshot-count': '5000' },
    from: '3.5.21',
    listed: ['spec.size'],
  },
  {
    kind: 'platforms',
    file: 'operator-options.yaml',
    text: `apiVersion: etcd.aenix.io/v1alpha1
kind: EtcdCluster
spec:
  replicas: 3
  options: {election-timeout: "5000", max-wals: "7"}
  podTemplate: {spec: {containers: [{name: etcd, image: "quay.io/coreos/etcd:v3.5.12"}]}}
`,
    flags: { 'election-timeout': '5000', 'max-wals': '7' },
    from: '3.5.12',
  },
  {
    kind: 'platforms',
    file: 'druid.yaml',
    text: `apiVersion: druid.gardener.cloud/v1alpha1
kind: Etcd
metadata: {name: main}
spec:
  etcd:
    quota: 8Gi
    snapshotCount: 75000
    heartbeatDuration: 10s
    metrics: extensive
  sharedConfig: {autoCompactionMode: periodic, autoCompactionRetention: 30m}
`,
    flags: {
      ...QUOTA,
      'snapshot-count': '75000',
      metrics: 'extensive',
      'auto-compaction-mode': 'periodic',
      'auto-compaction-retention': '30m',
    },
    listed: ['spec.etcd.heartbeatDuration'],
  },
  {
    kind: 'platforms',
    file: 'group-vars.yml',
    text: `---
# kubespray
etcd_deployment_type: host
etcd_version: v3.5.16
etcd_quota_backend_bytes: "8589934592"
etcd_compaction_retention: "8"
etcd_heartbeat_interval: "{{ heartbeat }}"
etcd_extra_vars: {ETCD_MAX_WALS: 9}
kube_version: v1.30.4
`,
    flags: { ...QUOTA, 'auto-compaction-retention': '8', 'max-wals': '9' },
    from: '3.5.16',
    listed: ['etcd_deployment_type', 'heartbeat-interval: {{ heartbeat }}'],
  },
  {
    kind: 'tuning flags by their prefix',
    file: 'cmd.txt',
    text: `etcd --initial-election-tick-advance=false --initial-corrupt-check --socket-reuse-port --initial-cluster-token=x --client-cert-auth
`,
    flags: { 'initial-election-tick-advance': 'false', 'initial-corrupt-check': 'true', 'socket-reuse-port': 'true' },
    listed: ['initial-cluster-token', 'client-cert-auth'],
  },
  {
    kind: 'tuning flags by their prefix',
    file: 'ps.txt',
    text: `UID          PID    PPID  C STIME TTY          TIME CMD
root         700       1  0 Nov02 ?        00:00:01 kube-apiserver --etcd-servers=https://127.0.0.1:2379
root        1532    1480  2 Nov02 ?        03:33:07 etcd --initial-election-tick-advance=true --listen-client-urls=https://10.0.0.11:2379 --peer-cert-file=/x
root        9001     1  0 10:12 pts/0    00:00:00 grep --color=auto etcd
`,
    flags: { 'initial-election-tick-advance': 'true' },
    listed: ['listen-client-urls', '--etcd-servers', '--color'],
  },
  {
    kind: 'expansions',
    file: 'expansions.sh',
    text: `etcd --max-wals $MAX_WALS --max-snapshots="$(nproc)" --snapshot-count=$((5*1000)) --metrics=\`cat m\` --quota-backend-bytes='8589934592' --max-txn-ops "$\{OPS:-128}" "$@"
`.replaceAll('$\\{', '${'),
    flags: QUOTA,
    listed: [
      'max-wals: $MAX_WALS',
      'max-snapshots: $(nproc)',
      'snapshot-count: $((5*1000))',
      'metrics: `cat m`',
      'max-txn-ops: ${OPS:-128}',
      '$@',
    ],
  },
  {
    kind: 'expansions',
    file: 'expansions.yaml',
    text: `spec:
  containers:
  - name: etcd
    image: quay.io/coreos/etcd:$\{ETCD_VERSION:-v3.5.9}
    command: [etcd]
    args: ["--max-wals=$(WALS)", "--quota-backend-bytes", "$\{QUOTA}", "--snapshot-count=5000"]
`.replaceAll('$\\{', '${'),
    flags: { 'snapshot-count': '5000' },
    listed: [
      'max-wals: $(WALS)',
      'quota-backend-bytes: ${QUOTA}',
      'image: quay.io/coreos/etcd:${ETCD_VERSION:-v3.5.9}',
    ],
  },
  {
    kind: 'unknown flags',
    file: 'own-build.txt',
    text: 'etcd --frobnicate=7 --snapshot-cuont 5 --enable-frob --max-wals=3\n',
    flags: { frobnicate: '7', 'snapshot-cuont': '5', 'enable-frob': 'true', 'max-wals': '3' },
    warned: ['--frobnicate', 'did you mean `snapshot-count`'],
  },
  {
    kind: 'unknown flags',
    file: 'own-build.yaml',
    text: 'spec: {containers: [{name: etcd, image: "quay.io/coreos/etcd:v3.5.9", command: [etcd, --frob, "--snapshot-count=5"]}]}\n',
    flags: { frob: 'true', 'snapshot-count': '5' },
    from: '3.5.9',
    warned: ['no known version of etcd has the flag --frob'],
  },
  {
    kind: 'other tools',
    file: 'inspect.json',
    text: `[{"Id": "abc", "Path": "etcd", "Args": ["--max-wals=9"], "Config": {"Image": "quay.io/coreos/etcd:v3.5.9",
"Env": ["ETCD_SNAPSHOT_COUNT=5", "PATH=/usr/bin"], "Cmd": ["--max-wals=9"], "Entrypoint": ["etcd"]}}]`,
    flags: { 'snapshot-count': '5', 'max-wals': '9' },
    from: '3.5.9',
  },
  {
    kind: 'other tools',
    file: 'cloud-config.yaml',
    text: `#cloud-config
write_files:
- path: /etc/systemd/system/etcd.service
  content: |
    [Service]
    ExecStart=/usr/local/bin/etcd --quota-backend-bytes=8589934592
runcmd:
- systemctl enable etcd --now
`,
    flags: QUOTA,
    listed: ['--now'],
  },
  {
    kind: 'other tools',
    file: 'Procfile',
    text: `# Use goreman
etcd1: bin/etcd --name infra1 --listen-client-urls http://127.0.0.1:2379 --enable-pprof --logger=zap --max-wals 9
proxy: bin/etcd grpc-proxy start --endpoints=127.0.0.1:2379
`,
    flags: { 'enable-pprof': 'true', logger: 'zap', 'max-wals': '9' },
    listed: ['--endpoints', 'listen-client-urls'],
  },
  {
    kind: 'other tools',
    file: 'status.txt',
    text: `● etcd.service - etcd
     Loaded: loaded (/lib/systemd/system/etcd.service; enabled; vendor preset: enabled)
     Active: active (running)
   Main PID: 811 (etcd)
     CGroup: /system.slice/etcd.service
             └─811 /usr/bin/etcd --max-wals 9
`,
    flags: { 'max-wals': '9' },
  },
  {
    kind: 'shell lines',
    file: 'branches.yaml',
    text: `spec:
  containers:
  - name: etcd
    image: example.test/etcd-amd64:3.4.23
    command:
    - /bin/sh
    - -ec
    - |
      if [ -e /var/run/etcd/default.etcd ]; then
        exec etcd --name $(hostname) --max-wals 7
      fi
      exec etcd --name $(hostname) --max-wals 7 --snapshot-count=5000
`,
    flags: { 'max-wals': '7', 'snapshot-count': '5000' },
    from: '3.4.23',
    warned: ['2 commands that start etcd'],
  },
  {
    kind: 'platforms',
    file: 'values.yaml',
    text: `image: {repository: bitnami/etcd, tag: 3.5.9-debian-11-r4}
autoCompactionMode: periodic
extraEnvVars:
- {name: ETCD_QUOTA_BACKEND_BYTES, value: "8589934592"}
`,
    flags: { 'auto-compaction-mode': 'periodic', ...QUOTA },
    from: '3.5.9',
  },
  {
    kind: 'platforms',
    file: 'subchart.yaml',
    text: `etcd:
  image: {repository: bitnami/etcd, tag: 3.5.9}
  autoCompactionMode: periodic
  extraEnvVars:
  - {name: ETCD_MAX_WALS, value: "7"}
`,
    flags: { 'auto-compaction-mode': 'periodic', 'max-wals': '7' },
    from: '3.5.9',
  },
];
