# SPDX-License-Identifier: Apache-2.0
"""The second exporter of the day, behind TLS and beside an snmpd, and what happens to it itself: a certificate
that expires, a configuration with a mistake, an snmpd that is away, its end. Its UPS has the name of one of the
first exporter's, and its job has a name that says nothing.

    annex = Annex(stand, link)
    annex.job()                 for Prometheus
    annex.scene(listener)       the scene
"""

import signal
import subprocess

import snmp_stand
import stand


class Annex:
    def __init__(self, place, simulator, name, number, cadence):
        self.stand, self.simulator, self.number = place, simulator, number
        self.folder = place.folder / "annex"
        self.folder.mkdir()
        self.config = self.folder / "config.yaml"
        self.good = f"ups:\n  - {{name: {name}, address: '{simulator.links[number]}', cadence: {cadence}}}\n"
        self.config.write_text(self.good)
        self.certify(days=730)
        (self.folder / "web.yml").write_text("tls_server_config: {cert_file: a.pem, key_file: a.key}\n")
        self.snmpd = snmp_stand.Snmpd(place)
        self.address = f"127.0.0.1:{snmp_stand.tcp_port()}"
        self.start()

    def start(self):
        self.exporter = self.stand.exporter(
            {}, "--config.file", self.config, "--web.config.file", self.folder / "web.yml", "--web.listen-address", self.address,
            *self.snmpd.flags(), listen=False)

    def certify(self, days):
        """A certificate that is good for so many days, in place of the one before."""
        new = self.folder / "new.pem"
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc",
                 "-subj", "/CN=localhost", "-days", str(days), "-out", str(new)]
        if (self.folder / "a.key").exists():
            words[3:7] = ["-key", str(self.folder / "a.key")]
        else:
            words += ["-keyout", str(self.folder / "a.key")]
        subprocess.run(words, check=True, capture_output=True, timeout=stand.PATIENCE)
        new.rename(self.folder / "a.pem")

    def job(self):
        return {"job_name": "power", "scheme": "https", "tls_config": {"insecure_skip_verify": True},
                "static_configs": [{"targets": [self.address]}]}

    def reload(self, text):
        self.config.write_text(text)
        self.exporter.child.send_signal(signal.SIGHUP)

    def scene(self, owner):
        """Everything of the exporter itself that somebody is told."""
        self.reload(self.good + "wrong: yes\n")
        owner.told("UpsReloadFailed warning firing")
        self.reload(self.good)
        owner.told("UpsReloadFailed warning resolved")
        self.certify(days=14)
        owner.told("UpsCertificateExpiring warning firing")
        self.certify(days=2)
        owner.told("UpsCertificateExpiring critical firing")
        self.certify(days=730)
        owner.told("UpsCertificateExpiring warning resolved", "UpsCertificateExpiring critical resolved")
        self.snmpd.stop()
        owner.told("UpsSnmpDisconnected warning firing")
        self.snmpd.start()
        owner.told("UpsSnmpDisconnected warning resolved")
        owner.nothing_more()
        self.simulator.ask("line fail cause=T", self.number)
        owner.told("UpsOnBattery warning firing", "UpsInputVoltageOutOfRange warning firing")
        owner.told("UpsOnBattery critical firing")
        self.exporter.stop()
        owner.told("UpslinkExporterDown critical firing")
        self.start()
        owner.told("UpslinkExporterDown critical resolved")
        self.simulator.ask("line restore", self.number)
        owner.told("UpsOnBattery warning resolved", "UpsInputVoltageOutOfRange warning resolved", "UpsOnBattery critical resolved")
        owner.nothing_more()
