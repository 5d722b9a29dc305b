using System.Globalization;
using System.Text;
using NixSharp.Files;
using NixSharp.Stores;

namespace NixSharp.Building.Machines;

/// <summary>
/// The files that let Nix and SSH use build machines: <c>machines</c>, for the setting <c>builders = @FILE</c>;
/// <c>ssh_config</c>, for <c>NIX_SSHOPTS="-F FILE"</c>; and <c>known_hosts</c>, which that names.
/// </summary>
public static class MachineFolder
{
    /// <summary>The name of the list of machines.</summary>
    public const string MachinesFile = "machines";

    /// <summary>The name of the settings for SSH.</summary>
    public const string SshConfigFile = "ssh_config";

    /// <summary>The name of the list of host keys.</summary>
    public const string KnownHostsFile = "known_hosts";

    /// <summary>Writes the files, each whole or not at all and the list of machines last; files that are right already are left alone.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="machines">The machines; none writes empty lists.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <returns>Whether a file was written.</returns>
    /// <exception cref="NixConfigurationException">A machine cannot be written as a line.</exception>
    /// <exception cref="NixFileException">A file cannot be written.</exception>
    public static async Task<bool> WriteAsync(string folder, IReadOnlyList<BuildMachine> machines, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(machines);
        folder = Path.GetFullPath(folder);
        var lines = machines.Select(WriteLine).Distinct().ToList();
        var ssh = machines.Where(static machine => machine.Store.Kind is StoreKind.SshNg or StoreKind.Ssh).DistinctBy(static machine => MachineHosts.AuthorityOf(machine).Host).ToList();
        (string Name, string Text)[] files =
        [
            (KnownHostsFile, Join(ssh.Where(static machine => machine.PublicHostKey is not null).Select(WriteKnownHost))),
            (SshConfigFile, string.Join('\n', ssh.Select(machine => WriteSshConfig(machine, Path.Combine(folder, KnownHostsFile))))),
            (MachinesFile, Join(lines)),
        ];
        try
        {
            Directory.CreateDirectory(folder);
            var isWritten = false;
            foreach (var (name, text) in files)
            {
                isWritten |= await AtomicFile.WriteIfDifferentAsync(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
            }

            return isWritten;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(folder, error);
        }
    }

    private static string Join(IEnumerable<string> lines) => string.Concat(lines.Select(static line => line + "\n"));

    /// <summary>The line of a machine, which reads back as the same.</summary>
    private static string WriteLine(BuildMachine machine)
    {
        var line = machine.ToString();
        return IsSame(line, machine) ? line : throw MachineHosts.Invalid($"{machine.Store.ToDisplayString()} has a field with white space, or with one of the characters , ; # @ at its start");
    }

    private static bool IsSame(string line, BuildMachine machine)
    {
        try
        {
            return !line.Contains('\n', StringComparison.Ordinal) && BuildMachine.ParseAll(line) is [var read] && read == machine;
        }
        catch (NixFormatException)
        {
            return false;
        }
    }

    private static string WriteKnownHost(BuildMachine machine)
    {
        var authority = MachineHosts.AuthorityOf(machine);
        var host = authority.Port is { } port and not 22 ? string.Create(CultureInfo.InvariantCulture, $"[{authority.Host}]:{port}") : authority.Host;
        var key = Encoding.ASCII.GetString(Convert.FromBase64String(machine.PublicHostKey!));
        return key.AsSpan().ContainsAny('\n', '\r') ? throw MachineHosts.Invalid($"the host key of {authority.Host} has several lines") : $"{host} {key}";
    }

    private static string WriteSshConfig(BuildMachine machine, string knownHosts)
    {
        var authority = MachineHosts.AuthorityOf(machine);
        var text = new StringBuilder();
        text.Append("Host ").Append(authority.Host).Append('\n');
        Add("User", authority.User);
        Add("Port", authority.Port?.ToString(CultureInfo.InvariantCulture));
        Add("IdentityFile", machine.SshKey is { } key ? $"\"{key.Replace("%", "%%", StringComparison.Ordinal)}\"" : null);
        Add("IdentitiesOnly", machine.SshKey is null ? null : "yes");
        Add("UserKnownHostsFile", $"\"{knownHosts}\"");
        Add("StrictHostKeyChecking", machine.PublicHostKey is null ? "accept-new" : "yes");
        Add("BatchMode", "yes");
        Add("ConnectTimeout", "20");
        Add("ServerAliveInterval", "15");
        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.Append("  ").Append(name).Append(' ').Append(value).Append('\n');
            }
        }
    }
}
