#!/usr/bin/env bash
# A Kubernetes of one node on this machine, in a network namespace of its own: see README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${KUBERNETES_HOME:-$HOME/.cache/roundhouse/kubernetes}
bin=$home/bin
run=$home/run
space=roundhouse-k8s
address=10.99.0.1
admin=$run/pki/admin.conf

inside() { nsenter --net="/run/netns/$space" "$@"; }
kubectl() { KUBECONFIG=$admin inside "$bin/kubectl" "$@"; }
containers() { ctr --address "$run/containerd.sock" --namespace k8s.io "$@"; }

# Runs on when this script has ended; its log and its pid are in files.
start() {
  local name=$1
  shift
  setsid nsenter --net="/run/netns/$space" "$@" >"$run/logs/$name.log" 2>&1 </dev/null &
  echo $! >"$run/$name.pid"
}

stop() {
  local pid
  pid=$(cat "$run/$1.pid" 2>/dev/null) || return 0
  while kill -9 "$pid" 2>/dev/null; do sleep 0.1; done
  rm "$run/$1.pid"
}

build() {
  mkdir -p "$bin"
  cd "$here"
  local parts=(kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl)
  GOFLAGS='' GOTOOLCHAIN=local nice go build -trimpath -ldflags='-s -w' -o "$bin/" \
    ./dns ./pause go.etcd.io/etcd/server/v3 "${parts[@]/#/k8s.io/kubernetes/cmd/}"
  mv "$bin/server" "$bin/etcd"
}

network() {
  ip netns add "$space"
  inside ip link set lo up
  # The address of the node: an interface that leads nowhere.
  inside ip link add node0 type veth peer name node0-end
  inside ip link set node0-end up
  inside ip address add $address/24 dev node0
  inside ip link set node0 up
  inside ip route add default via $address
  inside sysctl -qw net.ipv4.ip_forward=1
}

certificate() {
  local name=$1 subject=$2 names=$3
  openssl req -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.csr" -subj "$subject" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=clientAuth,serverAuth\n' "$names" >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile "$name.ext" \
    -out "$name.crt" 2>/dev/null
}

# How somebody reaches the API server, as whom.
access() {
  cat >"$1.conf" <<K
apiVersion: v1
kind: Config
clusters: [{ name: one, cluster: { server: "https://$address:6443", certificate-authority: $run/pki/ca.crt } }]
users: [{ name: me, user: { client-certificate: $run/pki/$1.crt, client-key: $run/pki/$1.key } }]
contexts: [{ name: one, context: { cluster: one, user: me } }]
current-context: one
K
}

keys() {
  mkdir -p "$run/pki"
  cd "$run/pki"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 30 -subj /CN=one 2>/dev/null
  certificate apiserver /CN=kube-apiserver "IP:$address,IP:10.96.0.1"
  certificate admin /O=system:masters/CN=admin DNS:admin
  certificate kubelet /O=system:nodes/CN=system:node:node0 "IP:$address,DNS:node0"
  openssl genrsa -out sa.key 2048 2>/dev/null
  openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  access admin
  access kubelet
  cd "$run"
}

control_plane() {
  start etcd "$bin/etcd" --data-dir "$run/etcd" --unsafe-no-fsync --log-level warn
  local authorization=(--authentication-kubeconfig="$admin" --authorization-kubeconfig="$admin")
  start apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --advertise-address=$address \
    --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key --client-ca-file=pki/ca.crt \
    --requestheader-client-ca-file=pki/ca.crt --service-cluster-ip-range=10.96.0.0/16 \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=pki/sa.pub \
    --service-account-signing-key-file=pki/sa.key --authorization-mode=Node,RBAC \
    --kubelet-client-certificate=pki/admin.crt --kubelet-client-key=pki/admin.key \
    --kubelet-certificate-authority=pki/ca.crt --kubelet-preferred-address-types=InternalIP
  until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 0.5; done
  start controllers "$bin/kube-controller-manager" --kubeconfig="$admin" --leader-elect=false "${authorization[@]}" \
    --use-service-account-credentials --root-ca-file=pki/ca.crt --service-account-private-key-file=pki/sa.key \
    --allocate-node-cidrs --cluster-cidr=10.244.0.0/16
  start scheduler "$bin/kube-scheduler" --kubeconfig="$admin" --leader-elect=false "${authorization[@]}"
}

# Pods are led by routes, not by a bridge: what comes back from a Service then passes the node's rules.
container_runtime() {
  mkdir -p "$run/cni"
  cat >"$run/cni/pods.conflist" <<C
{ "cniVersion": "0.4.0", "name": "pods", "plugins": [
  { "type": "ptp", "ipam": { "type": "host-local", "dataDir": "$run/addresses",
    "ranges": [[{ "subnet": "10.244.0.0/24" }]], "routes": [{ "dst": "0.0.0.0/0" }] } } ] }
C
  # restrict_oom_score_adj: in a sandbox nobody may make a process less likely to be killed than its parent.
  cat >containerd.toml <<T
version = 2
root = "$home/containerd"
state = "$run/containerd"
[grpc]
  address = "$run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$run/cni"
T
  start containerd containerd --config containerd.toml
  until containers version >/dev/null 2>&1; do sleep 0.2; done
  pause | containers image import - >/dev/null
}

# An image of one file, as `docker save` would write it.
pause() {
  local work
  work=$(mktemp -d)
  tar -C "$bin" -cf "$work/layer.tar" pause
  local layer
  layer=$(sha256sum <"$work/layer.tar" | cut -d' ' -f1)
  echo '{"architecture":"amd64","os":"linux","config":{"Entrypoint":["/pause"]},"rootfs":{"type":"layers","diff_ids":["sha256:'"$layer"'"]}}' >"$work/config.json"
  echo '[{"Config":"config.json","RepoTags":["localhost/pause:1"],"Layers":["layer.tar"]}]' >"$work/manifest.json"
  tar -C "$work" -cf - manifest.json config.json layer.tar
  rm -r "$work"
}

node() {
  cat >kubelet.yaml <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: $run/pki/ca.crt } }
authorization: { mode: AlwaysAllow }
tlsCertFile: $run/pki/kubelet.crt
tlsPrivateKeyFile: $run/pki/kubelet.key
containerRuntimeEndpoint: unix://$run/containerd.sock
cgroupDriver: cgroupfs
enforceNodeAllocatable: []
failSwapOn: false
clusterDNS: [$address]
clusterDomain: cluster.local
resolvConf: ""
evictionHard: { memory.available: 100Mi, nodefs.available: 1% }
imageGCHighThresholdPercent: 100
featureGates: { KubeletInUserNamespace: true }
K
  start kubelet "$bin/kubelet" --config=kubelet.yaml --kubeconfig=pki/kubelet.conf --root-dir="$run/kubelet" \
    --hostname-override=node0 --node-ip=$address
  cat >proxy.yaml <<K
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: { kubeconfig: $admin }
clusterCIDR: 10.244.0.0/16
hostnameOverride: node0
conntrack: { maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s }
K
  start proxy "$bin/kube-proxy" --config=proxy.yaml
  printf '.:53 {\n  errors\n  kubernetes cluster.local {\n    kubeconfig %s\n  }\n}\n' "$admin" >Corefile
  start dns "$bin/dns" -conf Corefile
  kubectl wait --for=create node/node0 --timeout=60s
  kubectl wait --for=condition=Ready node/node0 --timeout=60s
}

# A disk for one claim: there is no storage class here.
disk() {
  mkdir -p "$run/disks/$1"
  kubectl apply -f - <<V
apiVersion: v1
kind: PersistentVolume
metadata: { name: $1 }
spec:
  capacity: { storage: 8Gi }
  accessModes: [ReadWriteOnce]
  local: { path: $run/disks/$1 }
  nodeAffinity:
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [node0] }] }] }
V
}

up() {
  mkdir -p "$run/logs"
  cd "$run"
  network
  keys
  control_plane
  container_runtime
  node
}

# Whatever is in the way: everything that is still there goes.
down() {
  set +e
  stop kubelet
  local spaces
  spaces=$(for one in $(containers container ls --quiet); do containers container info "$one"; done |
    grep -o 'netns/cni-[0-9a-f-]*' | sort -u)
  for one in $(containers task ls --quiet); do containers task kill --signal KILL "$one"; done
  sleep 1
  for one in $(containers container ls --quiet); do
    containers task rm --force "$one"
    containers container rm "$one"
  done >/dev/null 2>&1
  for name in proxy dns scheduler controllers apiserver etcd containerd; do stop $name; done
  awk -v run="$run/" 'index($2, run) == 1 { print $2 }' /proc/mounts | sort -r | xargs --no-run-if-empty umount
  for pod in $spaces; do ip netns delete "${pod#netns/}"; done
  ip netns delete "$space"
  rm -rf "$run"
}

case ${1:-} in
  build | up | down) "$1" ;;
  load) containers image import "$2" ;;
  disk) disk "$2" ;;
  inside | kubectl) "$@" ;;
  *)
    echo "Usage: one-node.sh build | up | load IMAGE.tar | disk NAME | kubectl … | inside COMMAND … | down" >&2
    exit 2
    ;;
esac
