using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Secrets;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

public sealed class SecretsTests : IDisposable
{
    private const string Value = "ENC[AES256_GCM,data:CwE4O1s=,iv:2k2HCSPeHU6RqXBFUmQZkk2N8EBeBLlRJNFzRg1TzRM=,tag:AoMq1Gzz==,type:str]";
    private const string Encrypted = $"password: {Value}\nsops:\n    mac: {Value}\n    version: 3.9.1\n";
    private const string Plain = "password: hunter2\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("ssh-keygen", "age")]
    public async Task Age_encrypts_to_a_converted_key_and_decrypts_with_it()
    {
        // Several keys, because what is special about one may be right by chance.
        for (var i = 0; i < 8; i++)
        {
            await CommandLine.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", _folder[$"key{i}"]);
            var recipient = AgeRecipient.FromSshPublicKey(await File.ReadAllTextAsync(_folder[$"key{i}.pub"]));
            var identity = AgeIdentity.FromSshPrivateKey(await File.ReadAllTextAsync(_folder[$"key{i}"]));
            Assert.DoesNotContain(identity.Reveal(), identity.ToString(), StringComparison.Ordinal);
            var file = _folder.Write($"identity{i}", identity.Reveal() + "\n");

            Assert.Equal(recipient.ToString(), (await CommandLine.RunAsync("age-keygen", "-y", file)).Trim());
            await CommandLine.RunAsync("age", "-r", recipient.ToString(), "-o", _folder[$"secret{i}.age"], _folder.Write($"secret{i}", $"message {i}"));
            Assert.Equal($"message {i}", await CommandLine.RunAsync("age", "-d", "-i", file, _folder[$"secret{i}.age"]));
        }
    }

    [RequiresFact("ssh-keygen", "age")]
    public async Task The_tool_converts_keys_and_shows_no_secret_unasked()
    {
        await CommandLine.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder["key"]);
        var recipient = await NixSharpProgram.RunAsync("secrets", "ssh-to-age", _folder["key.pub"]);
        Assert.Empty(await NixSharpProgram.RunAsync("secrets", "ssh-to-age", _folder["key"], "--private-key", "--output", _folder["identity"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["identity"]));
        Assert.Equal(recipient, await CommandLine.RunAsync("age-keygen", "-y", _folder["identity"]));

        await CommandLine.RunAsync("ssh-keygen", "-q", "-p", "-N", "passphrase", "-P", "", "-f", _folder["key"]);
        var refused = await NixSharpProgram.TryRunAsync("secrets", "ssh-to-age", _folder["key"], "--private-key");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error: NIXS6012: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("passphrase", refused.Error, StringComparison.Ordinal);

        await CommandLine.RunAsync("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", _folder["other"]);
        foreach (var arguments in (string[][])[[_folder["other.pub"]], [_folder["other"], "--private-key"], [_folder["key.pub"], "--private-key"]])
        {
            Assert.Contains("error: NIXS6012: ", (await NixSharpProgram.TryRunAsync(["secrets", "ssh-to-age", .. arguments])).Error, StringComparison.Ordinal);
        }
    }

    [RequiresFact("git")]
    public async Task Every_file_that_a_rule_names_is_checked()
    {
        await WriteRepositoryAsync();
        await NixSharpProgram.RunAsync("secrets", "check", _folder["repository/docs"]);
        Assert.Equal("secrets/web.yaml  age1alice, age1bob\n", await NixSharpProgram.RunAsync("secrets", "list", _folder["repository"]));

        _folder.Write("repository/secrets/new.yaml", Plain);
        _folder.Write("repository/secrets/ignored.yaml", Plain);
        var result = await NixSharpProgram.TryRunAsync("secrets", "check", _folder["repository"], "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: NIXS6010: ", result.Error, StringComparison.Ordinal);
        Assert.Equal("secrets/new.yaml", Assert.Single(JArray.Parse(result.Output))["path"]);
        Assert.DoesNotContain("hunter2", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_git_is_checked_whole()
    {
        _folder.Write(".sops.yaml", "creation_rules:\n- path_regex: secrets/\n");
        _folder.Write("a/secrets/one.yaml", Encrypted);
        _folder.Write("other.yaml", Plain);
        var files = await SecretFiles.OpenAsync(_folder["a/secrets"]);
        Assert.Empty(await files.CheckAsync());
        _folder.Write("a/secrets/two.env", "A=hunter2\n");
        Assert.Equal("a/secrets/two.env: it is not encrypted", Assert.Single(await files.CheckAsync()).ToString());
    }

    [RequiresFact("git")]
    public async Task The_hook_refuses_a_commit_by_what_is_staged()
    {
        await WriteRepositoryAsync();
        var program = $"dotnet '{NixSharpProgram.Assembly}'";
        var hook = (await NixSharpProgram.RunAsync("secrets", "hook", _folder["repository"], "--program", program)).Trim();
        Assert.Equal(_folder["repository/.git/hooks/pre-commit"], hook);

        // Encrypted on disk, plain in the index: the commit would have the plain one.
        _folder.Write("repository/secrets/new.yaml", Plain);
        await GitAsync("add", ".");
        _folder.Write("repository/secrets/new.yaml", Encrypted);
        var refused = await TryCommitAsync();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("secrets/new.yaml: it is not encrypted", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Error, StringComparison.Ordinal);

        await GitAsync("add", ".");
        _folder.Write("repository/secrets/new.yaml", Plain);
        Assert.Equal(0, (await TryCommitAsync()).ExitCode);

        Assert.Equal("removed\n", await NixSharpProgram.RunAsync("secrets", "hook", _folder["repository"], "--remove"));
        Assert.False(File.Exists(hook));
    }

    [RequiresFact("git")]
    public async Task The_hook_finds_rules_below_the_root()
    {
        _folder.Write("repository/infra of 'ours'/.sops.yaml", "creation_rules:\n- path_regex: ^secrets/\n");
        _folder.Write("repository/infra of 'ours'/secrets/web.yaml", Plain);
        await CommandLine.RunAsync("git", "init", "-q", _folder["repository"]);
        await SecretsHook.InstallAsync(_folder["repository/infra of 'ours'/secrets"], $"dotnet '{NixSharpProgram.Assembly}'");
        await GitAsync("add", ".");

        var refused = await TryCommitAsync();

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("error: NIXS6010: Secrets are not encrypted:\nsecrets/web.yaml: it is not encrypted\n", refused.Error, StringComparison.Ordinal);
        _folder.Write("repository/infra of 'ours'/secrets/web.yaml", Encrypted);
        Assert.Equal(0, (await CommandLine.TryRunAsync("git", "-C", _folder["repository"], "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-qam", "Change")).ExitCode);
    }

    [RequiresFact("git")]
    public async Task Anothers_hook_is_left_alone()
    {
        await WriteRepositoryAsync();
        var hook = _folder.Write("repository/.git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
        var error = await Assert.ThrowsAsync<GitOpsException>(() => SecretsHook.InstallAsync(_folder["repository"]));
        Assert.Equal(NixErrorCodes.HookNotInstalled, error.Code);
        Assert.False(await SecretsHook.RemoveAsync(_folder["repository"]));
        Assert.Equal("#!/bin/sh\nexit 0\n", await File.ReadAllTextAsync(hook));
        Assert.Contains("secrets check --staged", await NixSharpProgram.RunAsync("secrets", "hook", "--print"), StringComparison.Ordinal);
    }

    [RequiresFact("git")]
    public async Task Keys_are_updated_file_by_file()
    {
        // sops is in none of Debian's packages, so a script stands for it here, which writes down what it is asked to do.
        await WriteRepositoryAsync();
        _folder.Write("repository/secrets/-odd name.yaml", Encrypted);
        _folder.Write("repository/secrets/web.json", $"{{ \"a\": \"{Value}\", \"sops\": {{ \"mac\": \"{Value}\" }} }}");
        var sops = _folder.Write("sops", $"#!/bin/sh\nprintf '%s|' \"$PWD\" \"$@\" >>'{_folder["calls"]}'\necho >>'{_folder["calls"]}'\ncase \"$3\" in *.json) echo 'Error: no key could open it' >&2; exit 128;; esac\n");
        File.SetUnixFileMode(sops, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var result = await NixSharpProgram.TryRunAsync("secrets", "update-keys", _folder["repository"], "--program", sops, "--quiet");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: NIXS6014: sops could not update the keys of 1 of 3 files:\nsecrets/web.json: Error: no key could open it\n", result.Error, StringComparison.Ordinal);
        var root = (await CommandLine.RunAsync("realpath", _folder["repository"])).Trim();
        Assert.Equal(
            [$"{root}|updatekeys|--yes|./secrets/-odd name.yaml|", $"{root}|updatekeys|--yes|./secrets/web.json|", $"{root}|updatekeys|--yes|./secrets/web.yaml|"],
            await File.ReadAllLinesAsync(_folder["calls"]));

        File.Delete(_folder["repository/secrets/web.json"]);
        Assert.Equal("secrets/-odd name.yaml\nsecrets/web.yaml\n", await NixSharpProgram.RunAsync("secrets", "update-keys", _folder["repository"], "--program", sops, "--quiet"));
    }

    private async Task WriteRepositoryAsync()
    {
        _folder.Write("repository/.sops.yaml", "creation_rules:\n- path_regex: ^secrets/\n  age: age1alice,age1bob\n- age: age1alice\n");
        _folder.Write("repository/.gitignore", "secrets/ignored.yaml\n");
        _folder.Write("repository/secrets/web.yaml", Encrypted);
        _folder.Write("repository/docs/readme.md", "no secret\n");
        await CommandLine.RunAsync("git", "init", "-q", _folder["repository"]);
    }

    private Task<string> GitAsync(params string[] arguments) => CommandLine.RunAsync("git", ["-C", _folder["repository"], .. arguments]);

    private Task<CommandLineResult> TryCommitAsync() =>
        CommandLine.TryRunAsync("git", "-C", _folder["repository"], "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "Change");
}
