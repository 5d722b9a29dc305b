using System.Buffers;
using System.Globalization;
using System.Text;
using NixSharp.Derivations;
using NixSharp.Processes;

namespace NixSharp.Building;

/// <summary>Writes what bubblewrap reads: its options, which may be thousands, and the script that starts it.</summary>
internal sealed class SandboxFiles(Sandbox sandbox, Bubblewrap bubblewrap)
{
    /// <summary>Where programs are built in a sandbox.</summary>
    public const string BuildFolder = "/build";

    private const string Starter = "/.start";

    // bubblewrap looks through all mounts again for each, and takes no more than some 2,900.
    private const int ManyMounts = 200;

    private readonly string? _mountProgram = sandbox.Mounts.Count > ManyMounts ? MountList.FindProgram() : null;

    private string OptionsFile => Path.Combine(sandbox.Folder, "options");

    private string FilterFile => Path.Combine(sandbox.Folder, "filter");

    private string InnerScript => Path.Combine(sandbox.Folder, "mount.sh");

    /// <summary>The script that runs the builder.</summary>
    public string Script => Path.Combine(sandbox.Folder, "start.sh");

    /// <summary>Where bubblewrap says how far it got.</summary>
    public string StatusFile => Path.Combine(sandbox.Folder, "status");

    /// <summary>Writes all files.</summary>
    /// <param name="terminal">The terminal that the builder prints on.</param>
    public void Write(string terminal)
    {
        var filter = SystemCallFilter.Make();
        File.WriteAllBytes(FilterFile, filter);
        File.WriteAllBytes(OptionsFile, Options(filter.Length > 0));

        var run = $"exec {ShellText.Quote(bubblewrap.Path)} --args 9{ProgramAndArguments()}";
        if (_mountProgram is not null)
        {
            var list = new MountList(sandbox);
            list.Write();
            WriteScript(InnerScript, $"{ShellText.Quote(_mountProgram)} --all --fstab {ShellText.Quote(list.File)} || exit\n{run}\n");
            run = $"exec {ShellText.Quote(bubblewrap.Path)} --unshare-user --uid 0 --gid 0 --cap-add ALL --die-with-parent --dev-bind / / -- /bin/sh {ShellText.Quote(InnerScript)}";
        }

        WriteScript(Script, $"umask 022\nulimit -S -c 0\n{run} </dev/null >{ShellText.Quote(terminal)} 2>&1 7>{ShellText.Quote(StatusFile)} 8<{ShellText.Quote(FilterFile)} 9<{ShellText.Quote(OptionsFile)}\n");
    }

    private string ProgramAndArguments()
    {
        var text = new StringBuilder();
        if (ProgramStarter.IsAvailable)
        {
            ProgramStarter.Write(Path.Combine(sandbox.Root, Starter[1..]));
            text.Append(CultureInfo.InvariantCulture, $" -- {Starter} {ShellText.Quote(sandbox.Program)} {ShellText.Quote(NameOf(sandbox.Program))}");
        }
        else
        {
            text.Append(bubblewrap.CanNameProgram ? $" --argv0 {ShellText.Quote(NameOf(sandbox.Program))} -- " : " -- ").Append(ShellText.Quote(sandbox.Program));
        }

        foreach (var argument in sandbox.Arguments)
        {
            text.Append(' ').Append(ShellText.Quote(argument));
        }

        return text.ToString();
    }

    private static void WriteScript(string path, string text) => File.WriteAllBytes(path, ByteText.ToBytes(text));

    private static string NameOf(string program) => program[(program.LastIndexOf('/') + 1)..];

    private static void Append(ArrayBufferWriter<byte> output, string text) => output.Write(ByteText.ToBytes(text));

    private byte[] Options(bool hasFilter)
    {
        var options = new List<string>
        {
            "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
            "--uid", "1000", "--gid", "100", "--hostname", "localhost",
            "--die-with-parent", "--new-session", "--as-pid-1",
            "--bind", sandbox.Root, "/", "--bind", sandbox.Store, sandbox.StoreDirectory, "--bind", sandbox.BuildFolder, BuildFolder,
            "--proc", "/proc", "--dev", "/dev", "--dev-bind-try", "/dev/kvm", "/dev/kvm",
            "--chdir", BuildFolder, "--json-status-fd", "7", "--clearenv",
        };
        if (!sandbox.HasNetwork)
        {
            options.Add("--unshare-net");
        }

        if (hasFilter)
        {
            options.AddRange(["--seccomp", "8"]);
        }

        foreach (var (source, target, isOptional) in _mountProgram is null ? sandbox.Mounts : [])
        {
            // A bind mount would follow a symlink to what it means outside.
            options.AddRange(new FileInfo(source).LinkTarget is { } link
                ? ["--symlink", link, target]
                : [isOptional ? "--ro-bind-try" : "--ro-bind", source, target]);
        }

        foreach (var (name, value) in sandbox.Environment)
        {
            options.AddRange(["--setenv", name, value]);
        }

        var bytes = new ArrayBufferWriter<byte>();
        foreach (var option in options)
        {
            Append(bytes, option);
            bytes.Write([(byte)0]);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
