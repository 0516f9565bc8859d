"""Maven groups of well-known archives that carry no pom.properties, because they are not built by Maven.

Facts of Maven Central. A name ends with "*" where all artifacts that begin so have the group. An entry with a colon
names the artifact as well, where the file has another name ("catalina.jar").
"""

from collections.abc import Mapping

_EXACT: Mapping[str, str] = {
    "activation": "javax.activation",
    "annotations-api": "org.apache.tomcat:tomcat-annotations-api",
    "ant": "org.apache.ant",
    "antlr": "antlr",
    "antlr4-runtime": "org.antlr",
    "aspectjrt": "org.aspectj",
    "aspectjweaver": "org.aspectj",
    "byte-buddy": "net.bytebuddy",
    "bcel": "org.apache.bcel",
    "c3p0": "com.mchange",
    "catalina": "org.apache.tomcat:tomcat-catalina",
    "catalina-ha": "org.apache.tomcat:tomcat-catalina-ha",
    "cglib": "cglib",
    "commons-beanutils": "commons-beanutils",
    "commons-cli": "commons-cli",
    "commons-codec": "commons-codec",
    "commons-collections": "commons-collections",
    "commons-collections4": "org.apache.commons",
    "commons-compress": "org.apache.commons",
    "commons-configuration": "commons-configuration",
    "commons-configuration2": "org.apache.commons",
    "commons-dbcp": "commons-dbcp",
    "commons-fileupload": "commons-fileupload",
    "commons-httpclient": "commons-httpclient",
    "commons-io": "commons-io",
    "commons-lang": "commons-lang",
    "commons-lang3": "org.apache.commons",
    "commons-net": "commons-net",
    "commons-text": "org.apache.commons",
    "coyote": "org.apache.tomcat:tomcat-coyote",
    "tomcat-coyote": "org.apache.tomcat",
    "derby": "org.apache.derby",
    "dom4j": "dom4j",
    "elasticsearch": "org.elasticsearch",
    "freemarker": "org.freemarker",
    "groovy-all": "org.codehaus.groovy",
    "gson": "com.google.code.gson",
    "guava": "com.google.guava",
    "h2": "com.h2database",
    "hsqldb": "org.hsqldb",
    "itextpdf": "com.itextpdf",
    "jasper": "org.apache.tomcat:tomcat-jasper",
    "jdom": "org.jdom",
    "jdom2": "org.jdom",
    "jsch": "com.jcraft",
    "json": "org.json",
    "jsoup": "org.jsoup",
    "junit": "junit",
    "kafka-clients": "org.apache.kafka",
    "log4j": "log4j",
    "mail": "javax.mail",
    "mongo-java-driver": "org.mongodb",
    "mssql-jdbc": "com.microsoft.sqlserver",
    "mysql-connector-j": "com.mysql",
    "mysql-connector-java": "mysql",
    "okhttp": "com.squareup.okhttp3",
    "okio": "com.squareup.okio",
    "postgresql": "org.postgresql",
    "protobuf-java": "com.google.protobuf",
    "quartz": "org.quartz-scheduler",
    "retrofit": "com.squareup.retrofit2",
    "shiro-core": "org.apache.shiro",
    "snakeyaml": "org.yaml",
    "sqlite-jdbc": "org.xerial",
    "struts": "struts",
    "struts2-core": "org.apache.struts",
    "velocity": "org.apache.velocity",
    "xalan": "xalan",
    "xercesImpl": "xerces",
    "xmlsec": "org.apache.santuario",
    "xstream": "com.thoughtworks.xstream",
    "zookeeper": "org.apache.zookeeper",
}
_PREFIXES: tuple[tuple[str, str], ...] = (
    ("bcpg-", "org.bouncycastle"),
    ("bcpkix-", "org.bouncycastle"),
    ("bcprov-", "org.bouncycastle"),
    ("hibernate-validator", "org.hibernate.validator"),
    ("jackson-core", "com.fasterxml.jackson.core"),
    ("jackson-databind", "com.fasterxml.jackson.core"),
    ("kotlin-stdlib", "org.jetbrains.kotlin"),
    ("log4j-", "org.apache.logging.log4j"),
    ("logback-", "ch.qos.logback"),
    ("lucene-", "org.apache.lucene"),
    ("micrometer-", "io.micrometer"),
    ("reactor-netty", "io.projectreactor.netty"),
    ("slf4j-", "org.slf4j"),
    ("solr-", "org.apache.solr"),
    ("spring-boot", "org.springframework.boot"),
    ("spring-cloud-gateway", "org.springframework.cloud"),
    ("spring-data-", "org.springframework.data"),
    ("spring-security-", "org.springframework.security"),
    ("tomcat-embed-", "org.apache.tomcat.embed"),
)
_SPRING_PARTS = (
    "aop aspects beans context context-indexer context-support core expression instrument jcl jdbc jms messaging "
    "orm oxm r2dbc test tx web webflux webmvc websocket"
)
_SPRING = frozenset(_SPRING_PARTS.split())


def coordinates(artifact: str) -> tuple[str, str] | None:
    """Group and artifact of an archive whose file has this name (without its version), None when it is not known."""
    known = _EXACT.get(artifact)
    if known is not None:
        group, _, name = known.partition(":")
        return group, name or artifact
    if artifact.startswith("spring-") and artifact.removeprefix("spring-") in _SPRING:
        return "org.springframework", artifact
    return next(((group, artifact) for prefix, group in _PREFIXES if artifact.startswith(prefix)), None)
