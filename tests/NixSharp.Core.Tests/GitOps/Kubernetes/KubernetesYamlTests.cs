using FsCheck;
using FsCheck.Fluent;
using NixSharp.GitOps.Kubernetes;
using Xunit;

namespace NixSharp.Core.Tests.GitOps.Kubernetes;

public sealed class KubernetesYamlTests
{
    private static readonly Pod Example = new()
    {
        Metadata = new ObjectMetadata { Name = "hello", Labels = new Dictionary<string, string> { ["app"] = "yes" } },
        Spec = new PodSpec
        {
            HostPid = true,
            Containers =
            [
                new Container
                {
                    Name = "web",
                    Image = "localhost:5000/web:1.0",
                    Command = ["/nix/var/result/bin/web", "--port=8080", "0755"],
                    Env = [new EnvironmentVariable { Name = "SCRIPT", Value = "one\n  two: 3\n" }],
                    Ports = [new ContainerPort { Name = "http", Port = 8080 }],
                    ReadinessProbe = new Probe { HttpGet = new HttpProbe { Path = "/", Port = "http" } },
                    LivenessProbe = new Probe { TcpSocket = new SocketProbe { Port = 8080 } },
                },
            ],
            Volumes = [new Volume { Name = "scratch", EmptyDir = new EmptyFolder() }],
        },
    };

    private static readonly string[] OddTexts =
    [
        "true", "No", "1e3", "0x10", "12:30:45", "2001-01-01", "~", "", " a", "a ", "a: b", "a #b", "#", "-", "- a", "a\nb", "a\n\nb\n\n",
        " a\nb", "a \nb", "\n", "a\r\nb", "a\tb\nc", "a\n\tb", "a\n b\n", "{a}", "*a", "&a", "!a", "%a\nb", "@a", "`a", "a:", "a\u0085b\nc",
        "a\u2028b\n", "\ufeff\n", "😀\n😀", "---\n", "a\n---\nb\n", "...\na",
    ];

    [Fact]
    public void An_object_is_written_in_a_fixed_order_without_what_is_empty() => Assert.Equal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: hello
          labels:
            app: "yes"
        spec:
          hostPID: true
          containers:
          - name: web
            image: localhost:5000/web:1.0
            command:
            - /nix/var/result/bin/web
            - "--port=8080"
            - "0755"
            env:
            - name: SCRIPT
              value: |
                one
                  two: 3
            ports:
            - name: http
              containerPort: 8080
            livenessProbe:
              tcpSocket:
                port: 8080
            readinessProbe:
              httpGet:
                path: /
                port: http
          volumes:
          - name: scratch
            emptyDir: {}

        """,
        Example.ToYaml());

    [Fact]
    public void What_was_written_is_read_back()
    {
        var objects = KubernetesYaml.Read(KubernetesYaml.Write([Example, new Namespace { Metadata = new ObjectMetadata { Name = "n" } }]));

        Assert.Equal(2, objects.Count);
        Assert.Equal(Example.ToYaml(), Assert.IsType<Pod>(objects[0]).ToYaml());
        Assert.Equal(new Namespace { Metadata = new ObjectMetadata { Name = "n" } }.ToYaml(), objects[1].ToYaml());
        Assert.Equal(8080, ((Pod)objects[0]).Spec.Containers[0].LivenessProbe?.TcpSocket?.Port.Number);
    }

    [Fact]
    public void Any_text_survives()
    {
        Assert.All(OddTexts, AssertSurvives);

        // What is no Unicode text can be in no file.
        Prop.ForAll<NonNull<string>>(static text => AssertSurvives(new string([.. text.Get.Where(static c => !char.IsSurrogate(c))]))).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  contaners: []\n", "contaners", "line 6")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n", "a Secret of v1", "line 1")]
    [InlineData("metadata:\n  name: a\n", "without apiVersion and kind", "line 1")]
    [InlineData("apiVersion: v1\nkind: Namespace\nkind: Namespace\n", "kind", "line 3")]
    [InlineData("a: [b\n", "", "line")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  ports:\n  - port: 1\n", "name", "")]
    public void What_cannot_be_used_is_refused_with_its_place(string text, string what, string place)
    {
        var error = Assert.Throws<GitOpsException>(() => KubernetesYaml.Read(text, "test.yaml"));

        Assert.Equal(NixErrorCodes.InvalidManifest, error.Code);
        Assert.Contains("test.yaml", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    private static void AssertSurvives(string text)
    {
        var map = new ConfigMap { Metadata = new ObjectMetadata { Name = "m" }, Data = new Dictionary<string, string> { ["key"] = text } };
        Assert.Equal(text, ((ConfigMap)KubernetesYaml.Read(map.ToYaml()).Single()).Data["key"]);
    }
}
