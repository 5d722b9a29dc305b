using NixSharp.GitOps.Cachix;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class DeploySpecTests
{
    private const string Web = "/nix/store/1rz4g4znpzjwh1xymhjpm42vipw92pr7-nixos-system-web";
    private const string Script = "/nix/store/6z0b0grcdnxkxaa6mqr9w9hv2yc3x84j-rollback-script";

    [Fact]
    public void Agents_and_scripts_are_written_in_order_and_read_back()
    {
        var spec = new DeploySpec
        {
            Agents = new Dictionary<string, StorePath> { ["web"] = StorePath.Parse(Web), ["db"] = StorePath.Parse(Web) },
            RollbackScripts = new Dictionary<string, StorePath> { ["x86_64-linux"] = StorePath.Parse(Script) },
        };
        var text = spec.ToString();
        Assert.Equal(
            $$"""
            {
              "agents": {
                "db": "{{Web}}",
                "web": "{{Web}}"
              },
              "rollbackScript": {
                "x86_64-linux": "{{Script}}"
              }
            }

            """,
            text,
            ignoreLineEndingDifferences: true);
        Assert.Equal(text, DeploySpec.Parse(text).ToString());
        Assert.Equal([StorePath.Parse(Web), StorePath.Parse(Script)], spec.Paths);
    }

    [Theory]
    [InlineData("{}", "agents")]
    [InlineData("""{ "agents": {} }""", "names no agent")]
    [InlineData("""{ "agents": { "": "/nix/store/1rz4g4znpzjwh1xymhjpm42vipw92pr7-x" } }""", "is empty")]
    [InlineData("""{ "agents": { "web": "/etc" } }""", "/etc")]
    [InlineData("""{ "agents": { "web": 1 } }""", "a store path")]
    [InlineData("""{ "agents": { "web": "/nix/store/1rz4g4znpzjwh1xymhjpm42vipw92pr7-x" }, "rollback": {} }""", "'rollback'")]
    [InlineData("[]", "a deploy specification")]
    [InlineData("{", "JSON")]
    public async Task What_is_no_specification_is_refused(string text, string why)
    {
        using var folder = new TemporaryFolder();
        var error = await Assert.ThrowsAsync<GitOpsException>(() => DeploySpec.ReadAsync(folder.Write("deploy.json", text)));
        Assert.Equal(NixErrorCodes.InvalidDeploySpec, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollback_script_takes_words_as_they_are()
    {
        var script = new RollbackScript
        {
            Units = ["nginx.service"],
            Addresses = [new Uri("http://localhost/a?b=c&d")],
            Commands = [["test", "-e", "/it's here; rm -rf /"]],
            Timeout = TimeSpan.FromSeconds(5),
        };
        var lines = script.ToString().Split('\n');
        Assert.Equal("#!/bin/sh", lines[0]);
        Assert.Contains("check systemctl is-active --quiet -- nginx.service", lines);
        Assert.Contains("check curl --fail --silent --show-error --output /dev/null --max-time 10 'http://localhost/a?b=c&d'", lines);
        Assert.Contains("check test -e '/it'\\''s here; rm -rf /'", lines);
    }
}
