#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/kubernetes, without a cluster: what kubectl makes of it has the forms that Kubernetes and the
Prometheus operator declare, and keeps the promises that deploy/kubernetes/README.md makes.

    kubernetes_test.py --exporter PROGRAM --simulator PROGRAM
"""

import functools
import json
import pathlib
import subprocess
import sys
import unittest

import kubernetes_validate
import yaml
from cloudcoil.models.prometheus_operator import v1 as operator

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import stand  # noqa: E402

FOLDER = ROOT / "deploy" / "kubernetes"
VERSIONS = ("1.28", "1.37")  # the oldest and the newest that are promised
WAYS = ("serial", "tcp")
LABEL = {"app.kubernetes.io/name": "upslink-exporter"}


@functools.cache
def rendered(way):
    kubectl = pathlib.Path(sys.executable).parent / "kubectl"
    done = subprocess.run([kubectl, "kustomize", FOLDER / way], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def of_kind(way, kind, name="upslink-exporter"):
    found = [r for r in rendered(way) if r["kind"] == kind and r["metadata"]["name"].startswith(name)]
    assert len(found) == 1, f"{way}: {len(found)} of {kind} {name}"
    return found[0]


def pod_of(way):
    return of_kind(way, "DaemonSet" if way == "serial" else "Deployment")["spec"]["template"]


def check_operator_form(resource):
    """By the operator's models, which pass over keys that they do not know: so nothing may be lost."""
    model = getattr(operator, resource["kind"]).model_validate(resource)
    again = json.loads(model.model_dump_json(by_alias=True, exclude_unset=True))
    assert again == resource, f"unknown keys in {resource['kind']}: {difference(resource, again)}"


def difference(one, other, path=""):
    if isinstance(one, dict) and isinstance(other, dict):
        return [d for key in one for d in difference(one[key], other.get(key), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for i, pair in enumerate(zip(one, other)) for d in difference(*pair, f"{path}[{i}]")]
    return [] if one == other else [path]


class Forms(unittest.TestCase):
    def test_every_resource_has_a_declared_form(self):
        for way in WAYS:
            for resource in [*rendered(way), yaml.safe_load((FOLDER / "web-config-secret.example.yaml").read_text())]:
                with self.subTest(way=way, kind=resource["kind"]):
                    if resource["apiVersion"].startswith("monitoring.coreos.com/"):
                        check_operator_form(resource)
                        continue
                    for version in VERSIONS:
                        kubernetes_validate.validate(resource, version, strict=True)

    def test_the_check_of_forms_can_fail(self):
        workload = json.loads(json.dumps(of_kind("tcp", "Deployment")))
        workload["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(workload, VERSIONS[-1], strict=True)
        monitor = json.loads(json.dumps(of_kind("tcp", "ServiceMonitor")))
        monitor["spec"]["endpoints"][0]["intervall"] = "15s"
        with self.assertRaisesRegex(AssertionError, r"\.spec\.endpoints\[0\]\.intervall"):
            check_operator_form(monitor)

    def test_everything_is_in_the_namespace(self):
        for way in WAYS:
            spaces = {r["metadata"].get("namespace") for r in rendered(way) if r["kind"] != "Namespace"}
            self.assertEqual(spaces, {of_kind(way, "Namespace", "upslink")["metadata"]["name"]})


class Wiring(unittest.TestCase):
    """The names by which one resource finds another."""

    def test_service_monitor_and_pods(self):
        for way in WAYS:
            pod, service = pod_of(way), of_kind(way, "Service")
            monitor = of_kind(way, "ServiceMonitor")["spec"]
            port = service["spec"]["ports"][0]
            self.assertEqual(pod["metadata"]["labels"], LABEL)
            self.assertEqual(service["spec"]["selector"], LABEL)
            self.assertLessEqual(monitor["selector"]["matchLabels"].items(), service["metadata"]["labels"].items())
            self.assertEqual(monitor["endpoints"][0]["port"], port["name"])
            ports = {p["name"]: p["containerPort"] for p in pod["spec"]["containers"][0]["ports"]}
            self.assertEqual(ports, {port["targetPort"]: port["port"]})

    def test_the_configuration_is_where_the_exporter_looks(self):
        for way in WAYS:
            pod, config = pod_of(way)["spec"], of_kind(way, "ConfigMap")
            container = pod["containers"][0]
            path = next(e["value"] for e in container["env"] if e["name"] == "UPSLINK_CONFIG_FILE")
            self.assertEqual(pod["volumes"][0]["configMap"]["name"], config["metadata"]["name"])
            self.assertEqual(list(config["data"]), [pathlib.PurePath(path).name])
            self.assertEqual(container["volumeMounts"][0]["mountPath"], str(pathlib.PurePath(path).parent))

    def test_the_port_of_the_plugin_is_the_port_that_is_read(self):
        plugin = of_kind("serial", "DaemonSet", "serial-ports")["spec"]["template"]["spec"]
        arguments = plugin["containers"][0]["args"]
        device = yaml.safe_load(arguments[arguments.index("--device") + 1])
        resource = f"{arguments[arguments.index('--domain') + 1]}/{device['name']}"
        self.assertEqual(pod_of("serial")["spec"]["containers"][0]["resources"]["limits"][resource], 1)
        self.assertEqual(plugin["nodeSelector"], pod_of("serial")["spec"]["nodeSelector"])
        config = yaml.safe_load(of_kind("serial", "ConfigMap")["data"]["config.yaml"])
        self.assertEqual({ups["address"] for ups in config["ups"]},
                         {path["mountPath"] for group in device["groups"] for path in group["paths"]})


class Promises(unittest.TestCase):
    def test_the_exporter_has_no_rights(self):
        for way in WAYS:
            pod = pod_of(way)["spec"]
            container, = pod["containers"]
            self.assertIs(pod["automountServiceAccountToken"], False)
            self.assertLessEqual({"runAsNonRoot": True, "runAsUser": 65532,
                                  "seccompProfile": {"type": "RuntimeDefault"}}.items(), pod["securityContext"].items())
            self.assertEqual(container["securityContext"],
                             {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                              "capabilities": {"drop": ["ALL"]}})
            self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & pod.keys())
            self.assertFalse([v for v in pod["volumes"] if "hostPath" in v])
            self.assertIn("limits", container["resources"])

    def test_probes_ask_pages_that_are_there(self):
        with stand.Stand() as s:
            exporter = s.exporter({"rack": "/dev/ttyNone"})
            for way in WAYS:
                container = pod_of(way)["spec"]["containers"][0]
                paths = [container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")]
                self.assertEqual(paths, ["/-/healthy", "/-/ready"])
                self.assertEqual([exporter.get(path).status for path in paths], [200, 200])

    def test_a_line_has_one_reader(self):
        self.assertEqual(of_kind("tcp", "Deployment")["spec"]["replicas"], 1)
        self.assertEqual(of_kind("tcp", "Deployment")["spec"]["strategy"], {"type": "Recreate"})
        self.assertEqual(of_kind("serial", "DaemonSet")["spec"]["updateStrategy"]["rollingUpdate"]["maxSurge"], 0)

    def test_the_exporter_takes_the_configuration(self):
        for way in WAYS:
            with self.subTest(way=way), stand.Stand() as s:
                file = s.folder / "config.yaml"
                file.write_text(of_kind(way, "ConfigMap")["data"]["config.yaml"])
                exporter = s.exporter({}, "--config.file", file)
                names = {ups["name"] for ups in yaml.safe_load(file.read_text())["ups"]}
                for name in names:
                    self.assertEqual(exporter.value("upslink_up", ups=name), 0)


class Rules(unittest.TestCase):
    def test_promtool_takes_the_rules(self):
        rules = of_kind("tcp", "PrometheusRule")["spec"]
        with stand.Stand() as s:
            file = s.folder / "rules.yaml"
            file.write_text(yaml.safe_dump(rules))
            done = subprocess.run(["promtool", "check", "rules", "--lint-fatal", file], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_they_are_those_of_deploy_prometheus(self):
        folder = ROOT / "deploy" / "prometheus"
        wanted = [group for name in ("upslink.rules.yml", "upslink.alerts.yml")
                  for group in yaml.safe_load((folder / name).read_text())["groups"]]
        self.assertEqual(of_kind("tcp", "PrometheusRule")["spec"]["groups"], wanted)
        made = subprocess.run([folder / "make_prometheusrule.py"], capture_output=True, text=True, check=True).stdout
        self.assertEqual((FOLDER / "base" / "prometheusrule.yaml").read_text(), made,
                         "make it again with deploy/prometheus/make_prometheusrule.py")


if __name__ == "__main__":
    stand.main()
