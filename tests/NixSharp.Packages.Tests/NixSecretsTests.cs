using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixSecretsTests(PackagesFixture packages)
{
    [Fact]
    public async Task A_build_fails_at_the_place_of_a_plain_secret()
    {
        const string value = "ENC[AES256_GCM,data:CwE4O1s=,iv:2k2HCSPeHU6RqXBFUmQZkk2N8EBeBLlRJNFzRg1TzRM=,tag:AoMq1Gzz==,type:str]";
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        repository.Write(".sops.yaml", "creation_rules:\n- path_regex: ^secrets/\n");
        repository.Write("secrets/web.yaml", $"a: {value}\nb: {value}\nsops:\n  mac: {value}\n");
        await repository.BuildAsync("-t:NixSecretsCheck");

        repository.Write("secrets/web.yaml", $"a: {value}\nb: hunter2\nsops:\n  mac: {value}\n");
        var result = await repository.TryBuildAsync("-t:NixSecretsCheck");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{repository["secrets/web.yaml"]}(2): error NIXS6010: the value of b is not encrypted.", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_checks_secrets_locks_and_writes_a_flake()
    {
        using var repository = packages.CreateRepository();
        repository.Write(".config/dotnet-tools.json", """{ "version": 1, "isRoot": true, "tools": { "cake.tool": { "version": "7.0.0", "commands": ["dotnet-cake"] } } }""");
        await repository.DotnetAsync("tool", "restore");
        repository.Write(".sops.yaml", "creation_rules:\n- path_regex: ^secrets/\n");
        repository.Write("secrets/web.yaml", "a: hunter2\n");
        repository.Write("flake.lock", """{ "nodes": { "root": { } }, "root": "root", "version": 7 }""");
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            NixFlakeLockCheck(".", new FlakeLockPolicy { MaxAge = TimeSpan.FromDays(1), AllowDuplicates = false });
            Console.WriteLine($"{NixFlakeLock(".").Nodes.Count} node, {NixFlakeLockDiff("flake.lock", ".").Changes.Count} changes");
            NixFlakeWrite("flake.nix", new FlakeFile { Outputs = new NixSet(new NixAttribute("version", "1.0")) });
            NixSecretsCheck(".");
            """);

        var result = await repository.TryDotnetAsync("cake");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("1 node, 0 changes\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("NIXS6010: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal("{\n  outputs =\n    { self, ... }@inputs:\n    { version = \"1.0\"; };\n}\n", File.ReadAllText(repository["flake.nix"]));
    }
}
