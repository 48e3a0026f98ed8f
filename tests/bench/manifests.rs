//! The files of one application in one environment.

/// An environment of the generated repositories.
#[derive(Clone, Copy)]
pub struct Environment {
    /// Its name in paths and hosts.
    pub name: &'static str,
    replicas: usize,
    memory: usize,
    log_level: &'static str,
}

/// The environments, the first promoted to the second.
pub const ENVIRONMENTS: [Environment; 3] = [
    Environment {
        name: "staging",
        replicas: 2,
        memory: 512,
        log_level: "debug",
    },
    Environment {
        name: "production",
        replicas: 6,
        memory: 2048,
        log_level: "info",
    },
    Environment {
        name: "dev",
        replicas: 1,
        memory: 256,
        log_level: "trace",
    },
];

/// The file that an image tag is promoted in.
pub const DEPLOYMENT: &str = "deployment.yaml";

/// Name and content of the files that are equal in all environments.
pub fn shared(app: &str, port: usize) -> Vec<(&'static str, String)> {
    vec![
        ("kustomization.yaml", kustomization(app)),
        ("service.yaml", service(app, port)),
        ("account.yaml", account(app)),
        ("autoscaler.yaml", autoscaler(app)),
        ("budget.yaml", budget(app)),
        ("network.yaml", network(app, port)),
        ("monitor.yaml", monitor(app)),
        ("alerts.yaml", alerts(app)),
    ]
}

/// The workload; its text depends on the environment by the image's tag only.
pub fn deployment(app: &str, port: usize, tag: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: {app}
  labels:
    app.kubernetes.io/name: {app}
    app.kubernetes.io/part-of: shop
spec:
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: {app}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {app}
    spec:
      serviceAccountName: {app}
      containers:
        - name: {app}
          image: registry.example.com/shop/{app}:{tag}
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: {port}
          envFrom:
            - configMapRef:
                name: {app}-settings
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 10
          securityContext:
            readOnlyRootFilesystem: true
            runAsNonRoot: true
"
    )
}

/// What each environment has for itself: this file always differs.
pub fn settings(app: &str, environment: Environment, seed: u64) -> String {
    let Environment {
        name,
        replicas,
        memory,
        log_level,
    } = environment;
    let (shard, pool) = (seed % 7, 5 * replicas);
    format!(
        "# Settings of {app}, one file for each environment.
apiVersion: v1
kind: ConfigMap
metadata:
  name: {app}-settings
  labels:
    app.kubernetes.io/name: {app}
    app.kubernetes.io/part-of: shop
  annotations:
    owner: team-{shard}
data:
  LOG_LEVEL: {log_level}
  LOG_FORMAT: json
  REPLICAS: \"{replicas}\"
  MEMORY_LIMIT: {memory}Mi
  PUBLIC_HOST: {app}.{name}.example.com
  DATABASE_HOST: db-{shard}.{name}.internal
  DATABASE_NAME: {app}
  DATABASE_POOL: \"{pool}\"
  CACHE_URL: redis://cache.{name}.internal:6379/{shard}
  QUEUE_URL: amqp://queue.{name}.internal/{app}
  QUEUE_PREFETCH: \"50\"
  TRACING_ENDPOINT: http://collector.tracing.svc:4317
  TRACING_SAMPLER: parentbased_traceidratio
  FEATURE_SEARCH: \"true\"
  FEATURE_CHECKOUT_V2: \"false\"
  TIMEOUT_READ: 5s
  TIMEOUT_WRITE: 10s
"
    )
}

fn kustomization(app: &str) -> String {
    let mut text = format!(
        "apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
labels:
  - pairs:
      app.kubernetes.io/instance: {app}
    includeSelectors: false
commonAnnotations:
  docs: https://docs.example.com/{app}
generatorOptions:
  disableNameSuffixHash: true
resources:
  - {DEPLOYMENT}
  - settings.yaml
"
    );
    for name in [
        "service",
        "account",
        "autoscaler",
        "budget",
        "network",
        "monitor",
        "alerts",
    ] {
        text.push_str("  - ");
        text.push_str(name);
        text.push_str(".yaml\n");
    }
    text
}

fn service(app: &str, port: usize) -> String {
    let metadata = metadata("v1", "Service", app);
    format!(
        "{metadata}spec:
  type: ClusterIP
  sessionAffinity: None
  selector:
    app.kubernetes.io/name: {app}
  ports:
    - name: http
      port: 80
      targetPort: {port}
      protocol: TCP
    - name: metrics
      port: 9090
      targetPort: 9090
      protocol: TCP
"
    )
}

fn account(app: &str) -> String {
    let account = metadata("v1", "ServiceAccount", app);
    let role = metadata("rbac.authorization.k8s.io/v1", "Role", app);
    format!(
        "{account}automountServiceAccountToken: false
---
{role}rules:
  - apiGroups: [\"\"]
    resources: [configmaps]
    verbs: [get, list, watch]
"
    )
}

fn autoscaler(app: &str) -> String {
    let metadata = metadata("autoscaling/v2", "HorizontalPodAutoscaler", app);
    format!(
        "{metadata}spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {app}
  minReplicas: 1
  maxReplicas: 12
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 70
"
    )
}

fn budget(app: &str) -> String {
    let metadata = metadata("policy/v1", "PodDisruptionBudget", app);
    format!(
        "{metadata}spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      app.kubernetes.io/name: {app}
"
    )
}

fn network(app: &str, port: usize) -> String {
    let metadata = metadata("networking.k8s.io/v1", "NetworkPolicy", app);
    format!(
        "{metadata}spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {app}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: gateway
        - podSelector:
            matchLabels:
              app.kubernetes.io/part-of: shop
      ports:
        - port: {port}
          protocol: TCP
"
    )
}

fn monitor(app: &str) -> String {
    let metadata = metadata("monitoring.coreos.com/v1", "ServiceMonitor", app);
    format!(
        "{metadata}spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels:
      app.kubernetes.io/name: {app}
  endpoints:
    - port: metrics
      path: /metrics
      interval: 30s
      scrapeTimeout: 10s
"
    )
}

fn alerts(app: &str) -> String {
    let metadata = metadata("monitoring.coreos.com/v1", "PrometheusRule", app);
    format!(
        "{metadata}spec:
  groups:
    - name: {app}
      rules:
        - alert: ErrorRate
          expr: sum(rate(http_errors_total{{app=\"{app}\"}}[5m])) > 1
          for: 10m
          labels:
            severity: warning
          annotations:
            summary: '{app} answers with errors'
        - alert: Restarts
          expr: increase(kube_pod_container_status_restarts_total{{container=\"{app}\"}}[1h]) > 3
          for: 5m
          labels:
            severity: critical
"
    )
}

fn metadata(api: &str, kind: &str, app: &str) -> String {
    format!(
        "apiVersion: {api}
kind: {kind}
metadata:
  name: {app}
  labels:
    app.kubernetes.io/name: {app}
    app.kubernetes.io/part-of: shop
  annotations:
    docs: https://docs.example.com/{app}
"
    )
}
