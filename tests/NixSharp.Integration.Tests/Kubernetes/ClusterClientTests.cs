using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Kubernetes.Api;
using Xunit;

namespace NixSharp.Integration.Tests.Kubernetes;

public sealed class ClusterClientTests
{
    private static readonly PodReference Pod = new("default", "hello", "7c5d");

    [Fact]
    public async Task An_event_is_posted_on_its_pod()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ClusterClient(server.Access);
        await using (var events = new PodEvents(client, new PodEventOptions { Component = "nix.csi.store", Host = "node-1", Patience = TimeSpan.FromMinutes(1) }))
        {
            events.Post(new PodEvent(Pod, "NixBuildFailed", "hello-1.0 does not build") { IsWarning = true });
        }

        var (request, body) = Assert.Single(server.Requests);
        Assert.Equal("POST /api/v1/namespaces/default/events", request);
        var posted = JObject.Parse(body);
        Assert.Equal(("v1", "Event", "Warning"), ((string?)posted["apiVersion"], (string?)posted["kind"], (string?)posted["type"]));
        Assert.Equal(("Pod", "default", "hello", "7c5d"), ((string?)posted["involvedObject"]?["kind"], (string?)posted["involvedObject"]?["namespace"], (string?)posted["involvedObject"]?["name"], (string?)posted["involvedObject"]?["uid"]));
        Assert.Equal(("NixBuildFailed", "hello-1.0 does not build"), ((string?)posted["reason"], (string?)posted["message"]));
        Assert.Equal("node-1", (string?)posted["source"]?["host"]);
    }

    [Fact]
    public async Task Repeated_events_and_those_over_the_rate_are_dropped_and_long_messages_cut()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ClusterClient(server.Access);
        await using var events = new PodEvents(client, new PodEventOptions { Component = "c", Burst = 3, PerSecond = 0, Patience = TimeSpan.FromMinutes(1) });
        events.Post(new PodEvent(Pod, "Same", "message"));
        events.Post(new PodEvent(Pod, "Same", "message"));
        events.Post(new PodEvent(new PodReference("../nodes", "x"), "Escaped", "message"));
        for (var i = 0; i < 10; i++)
        {
            events.Post(new PodEvent(Pod, "Other", $"{i} {new string('m', 2000)}"));
        }

        await events.DisposeAsync();

        Assert.Equal((3L, 10L, 0L), (events.Posted, events.Dropped, events.Failed));
        Assert.All(server.Requests, static item => Assert.True(((string?)JObject.Parse(item.Body)["message"])?.Length <= 1024));
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("down")]
    [InlineData("stranger")]
    public async Task What_the_server_does_never_fails_who_posts(string how)
    {
        await using var server = await ApiServer.StartAsync();
        server.Answer = static (_, _) => (403, """{"kind":"Status","message":"events is forbidden"}""");
        await using var other = await ApiServer.StartAsync();
        var access = how switch
        {
            "down" => server.Access with { Server = new Uri("https://localhost:1") },
            "stranger" => server.Access with { CertificateAuthorityFile = other.Access.CertificateAuthorityFile },
            _ => server.Access,
        };
        using var client = new ClusterClient(access);
        var failures = new Failures();
        await using (var events = new PodEvents(client, new PodEventOptions { Component = "c", Failures = failures, Patience = TimeSpan.FromMinutes(1) }))
        {
            events.Post(new PodEvent(Pod, "Reason", "message"));
        }

        var error = Assert.IsType<KubernetesException>(Assert.Single(failures.All));
        Assert.Equal(how == "refused" ? NixErrorCodes.ClusterRefuses : NixErrorCodes.ClusterUnreachable, error.Code);
        Assert.Equal(how == "refused", error.Message.Contains("events is forbidden", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Token, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_token_is_read_again()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ClusterClient(server.Access);
        await client.GetAsync("/version");
        server.RenewToken("second");
        await client.GetAsync("/version");
        Assert.Equal(3, server.Requests.Count);

        server.Token = "third";
        Assert.Equal(401, (await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync("/version"))).Status);
    }

    [Fact]
    public async Task Pods_behind_a_service_are_listed_page_by_page_where_they_are_ready_and_have_a_name()
    {
        await using var server = await ApiServer.StartAsync();
        server.Answer = static (request, _) => (200, request.Query.ContainsKey("continue")
            ? """{"items":[{"endpoints":[{"hostname":"b-2","conditions":{}}]}],"metadata":{}}"""
            : """
              {"items":[{"endpoints":[
                {"hostname":"b-1","conditions":{"ready":true},"addresses":["10.0.0.2"]},
                {"hostname":"b-0"},
                {"hostname":"b-3","conditions":{"ready":false}},
                {"hostname":"evil\nname"},
                {"addresses":["10.0.0.9"]}]},{"endpoints":null}],"metadata":{"continue":"next page"}}
              """);
        using var client = new ClusterClient(server.Access);

        Assert.Equal(["b-0.builders", "b-1.builders", "b-2.builders"], await EndpointSlices.ListHostsAsync(client, "builders"));

        Assert.Equal("GET /apis/discovery.k8s.io/v1/namespaces/nix/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dbuilders&limit=100", server.Requests.First().Request);
        Assert.Equal(NixErrorCodes.ClusterRefuses, (await Assert.ThrowsAsync<KubernetesException>(() => EndpointSlices.ListHostsAsync(client, "a/b"))).Code);
    }

    [Fact]
    public void A_process_outside_a_cluster_is_told_so()
    {
        Assert.False(ClusterAccess.IsInPod);
        Assert.Equal(NixErrorCodes.NotInCluster, Assert.Throws<KubernetesException>(() => ClusterAccess.FromPod()).Code);
    }

    private sealed class Failures : IProgress<Exception>
    {
        public List<Exception> All { get; } = [];

        public void Report(Exception value) => All.Add(value);
    }
}
