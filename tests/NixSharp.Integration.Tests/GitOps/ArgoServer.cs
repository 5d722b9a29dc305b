using NixSharp.GitOps.ArgoCD;
using NixSharp.GitOps.Kubernetes;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.GitOps;

/// <summary>
/// Runs the plugin as Argo CD's server for plugins does in its container: the commands of <c>plugin.yaml</c>, in the folder of
/// an application, with nothing in the environment but what Argo CD puts there, as user 999, who has a <c>/nix</c> of its own
/// and a home that cannot be written. What the container mounts is mounted in a namespace.
/// </summary>
internal sealed class ArgoServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NixRelease _release;
    private readonly PluginSpec _plugin;

    public ArgoServer(NixRelease release)
    {
        _release = release;
        var installation = ArgoInstallation.Create(new ArgoInstallOptions { Image = "localhost/nixsharp:1.0", Substituters = [] });
        _plugin = ((ConfigManagementPlugin)KubernetesYaml.Read(installation.ConfigMap.Data["plugin.yaml"]).Single()).Spec;
        _folder.Write("etc/nix.conf", installation.ConfigMap.Data["nix.conf"]);
        _folder.Write("etc/passwd", installation.ConfigMap.Data["passwd"]);
        _folder.Write("bin/nixsharp", $"#!/bin/sh\nexec dotnet {_folder["tool"]}/{Path.GetFileName(NixSharpProgram.Assembly)} \"$@\"\n");
        if (release == NixRelease.Debian13)
        {
            // Nix of another system is started by its own loader, and does not find itself for its hook.
            var (root, nix) = (_folder["second"], _folder["bin/nix"]);
            _folder.Write(
                "bin/nix",
                $"""
                #!/bin/sh
                [ "$1" = __build-remote ] || set -- --option build-hook "{nix} __build-remote" "$@"
                exec {root}/lib64/ld-linux-x86-64.so.2 --library-path {root}/usr/lib/x86_64-linux-gnu {root}/usr/bin/nix "$@"

                """);
        }

        foreach (var folder in (string[])["nix/store", "nix/var/nix", "home", "tmp", "tool", "second", "apps"])
        {
            Directory.CreateDirectory(_folder[folder]);
        }

        foreach (var program in Directory.EnumerateFiles(_folder["bin"]))
        {
            File.SetUnixFileMode(program, (UnixFileMode)0x1ed);
        }
    }

    public string FolderOf(string application) => _folder[$"apps/{application}"];

    /// <summary>Makes an application's folder: a Git repository with a commit.</summary>
    public async Task CheckOutAsync(string application, string source)
    {
        var folder = FolderOf(application);
        await CommandLine.RunAsync("cp", "-r", source, folder);
        await CommandLine.RunAsync("git", "init", "-q", folder);
        await CommandLine.RunAsync("git", "-C", folder, "add", ".");
        await CommandLine.RunAsync("git", "-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "Begin");
        await CommandLine.RunAsync("chown", "-R", "999", _folder["apps"], _folder["nix"], _folder["tmp"], _folder["home"]);
        await CommandLine.RunAsync("chmod", "755", _folder.Path);
    }

    public Task<CommandLineResult> DiscoverAsync(string application) => RunAsync(application, _plugin.Discover!.Find!, []);

    public Task<CommandLineResult> InitAsync(string application, params (string Name, string Value)[] environment) => RunAsync(application, _plugin.Init!, environment);

    public Task<CommandLineResult> GenerateAsync(string application, params (string Name, string Value)[] environment) => RunAsync(application, _plugin.Generate, environment);

    public void Dispose() => _folder.Dispose();

    private Task<CommandLineResult> RunAsync(string application, PluginCommand command, IReadOnlyList<(string Name, string Value)> environment)
    {
        const string Script =
            """
            set -e
            mount --make-rprivate /
            mkdir -p /nix
            mount --bind "$ROOM/nix" /nix
            mount --bind "$ROOM/etc/passwd" /etc/passwd
            mount --bind "$TOOL" "$ROOM/tool"
            if [ -n "$SECOND" ]; then mount --rbind "$SECOND" "$ROOM/second"; fi
            mount --bind "$ROOM/home" "$ROOM/home"
            mount -o remount,ro,bind "$ROOM/home"
            cd "$APPLICATION"
            exec setpriv --reuid 999 --regid 30000 --clear-groups "$@"
            """;
        var options = new CommandLineOptions
        {
            Timeout = TimeSpan.FromMinutes(5),
            Environment = new Dictionary<string, string>
            {
                ["ROOM"] = _folder.Path,
                ["TOOL"] = Path.GetDirectoryName(NixSharpProgram.Assembly)!,
                ["SECOND"] = _release == NixRelease.Debian13 ? Path.Combine(NixReleases.CacheFolder, "debian-13", "root") : "",
                ["APPLICATION"] = FolderOf(application),
            },
        };
        return CommandLine.TryRunAsync(
            options,
            "unshare",
            [
                "--mount", "sh", "-c", Script, "sh", "env", "-i",
                $"PATH={_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
                $"HOME={_folder["home"]}",
                $"TMPDIR={_folder["tmp"]}",
                $"NIX_CONF_DIR={_folder["etc"]}",
                "ARGOCD_EXEC_TIMEOUT=5m0s",
                $"ARGOCD_APP_NAME={application}",
                "ARGOCD_APP_NAMESPACE=default",
                .. environment.Select(static variable => $"{variable.Name}={variable.Value}"),
                .. command.Command,
                .. command.Args,
            ]);
    }
}
