using NixSharp.GitOps.Kubernetes;
using Xunit;

namespace NixSharp.Core.Tests.GitOps.Kubernetes;

public sealed class ManifestCheckTests
{
    [Fact]
    public void Objects_are_listed_with_their_lines_those_of_lists_and_of_JSON_too()
    {
        var objects = ManifestCheck.Read("# a comment\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n---\n---\n{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"d\", \"namespace\": \"n\"}}]}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: { generateName: job- }\n");

        Assert.Equal(["Namespace a of v1", "Deployment n/d of apps/v1", "Job without a name of batch/v1"], objects.Select(static item => item.ToString()));
        Assert.Equal([3L, 8L, 10L], objects.Select(static item => item.Line));
    }

    [Theory]
    [InlineData("", "no objects")]
    [InlineData("---\n# nothing\n", "no objects")]
    [InlineData("hello\n", "a text")]
    [InlineData("- apiVersion: v1\n", "a list")]
    [InlineData("a: b: c\n", "line 1")]
    [InlineData("kind: Pod\nmetadata: { name: a }\n", "the Pod a without apiVersion")]
    [InlineData("apiVersion: v1\nmetadata: { name: a }\n", "an object without kind")]
    [InlineData("apiVersion: v1\nkind: Pod\n", "the Pod without metadata.name")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: { name: \"\" }\n", "metadata.name")]
    [InlineData("apiVersion: v1\nkind: List\nitems: [{}]\n", "without apiVersion and kind and metadata.name")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a }\n", "Pod a of v1 is there twice, in lines 1 and 5")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\n---\napiVersion: apps/v1beta1\nkind: Deployment\nmetadata: { name: a }\n", "is there twice")]
    public void What_a_cluster_would_refuse_is_told(string text, string what)
    {
        var error = Assert.Throws<GitOpsException>(() => ManifestCheck.Read(text, "result"));
        Assert.Equal(NixErrorCodes.InvalidManifest, error.Code);
        Assert.StartsWith("result is no manifest that can be used: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: x }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a }\n")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: a }\n")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: { generateName: a }\n---\napiVersion: v1\nkind: Pod\nmetadata: { generateName: a }\n")]
    public void Objects_that_only_look_alike_are_two(string text) => Assert.Equal(2, ManifestCheck.Read(text).Count);

    [Theory]
    [InlineData("&a\nkind: List\nitems: [*a]\n")]
    [InlineData("kind: List\nitems:\n- &a { kind: List, items: [] }\n- &b { kind: List, items: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a] }\n- &c { kind: List, items: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b] }\n- &d { kind: List, items: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c] }\n- &e { kind: List, items: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d] }\n- { kind: List, items: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e] }\n")]
    public void A_manifest_that_aliases_make_endless_is_refused(string text) =>
        Assert.Equal(NixErrorCodes.InvalidManifest, Assert.Throws<GitOpsException>(() => ManifestCheck.Read(text)).Code);

    [Fact]
    public void A_manifest_that_nests_too_deep_is_refused() =>
        Assert.Equal(NixErrorCodes.InvalidManifest, Assert.Throws<GitOpsException>(() => ManifestCheck.Read(new string('[', 100_000))).Code);
}
