using System.Text;
using System.Text.RegularExpressions;
using NixSharp.Files;
using NixSharp.Stores;

namespace NixSharp.Building.Machines;

/// <summary>Makes the lines of machines that differ in their host only, and have one key.</summary>
public static partial class MachineHosts
{
    private const int MaxKeyFileSize = 64 << 10;

    /// <summary>The machines that a line stands for, one for each host.</summary>
    /// <param name="service">The line of the service, whose URI is that of an SSH store.</param>
    /// <param name="hosts">The hosts.</param>
    /// <exception cref="NixConfigurationException">The line is for a store of another kind, or a host is none.</exception>
    public static IReadOnlyList<BuildMachine> Expand(BuildMachine service, IEnumerable<string> hosts)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(hosts);
        var authority = AuthorityOf(service);
        return [.. hosts.Select(host => service with { Store = service.Store with { Authority = authority with { Host = Check(host) } } })];
    }

    /// <summary>Gives machines that are not told theirs a public key.</summary>
    /// <param name="machines">The machines.</param>
    /// <param name="hostKey">The key, as in the file <c>ssh_host_ed25519_key.pub</c>: a type and base 64.</param>
    /// <exception cref="NixConfigurationException">The text is no such key.</exception>
    public static IReadOnlyList<BuildMachine> WithHostKey(IReadOnlyList<BuildMachine> machines, string hostKey)
    {
        ArgumentNullException.ThrowIfNull(machines);
        ArgumentNullException.ThrowIfNull(hostKey);
        var words = hostKey.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !KeyType().IsMatch(words[0]) || !Convert.TryFromBase64String(words[1], new byte[words[1].Length], out _))
        {
            throw Invalid("the host key is no public key of SSH. Give a file such as ssh_host_ed25519_key.pub");
        }

        var encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{words[0]} {words[1]}"));
        return [.. machines.Select(machine => machine.PublicHostKey is null ? machine with { PublicHostKey = encoded } : machine)];
    }

    /// <summary>Gives machines that are not told theirs the public key that a file holds.</summary>
    /// <exception cref="NixConfigurationException">The file holds something else.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<IReadOnlyList<BuildMachine>> WithHostKeyFileAsync(IReadOnlyList<BuildMachine> machines, string file, CancellationToken cancellationToken = default) =>
        WithHostKey(machines, await SmallFile.ReadTextAsync(file, MaxKeyFileSize, NixErrorCodes.InvalidBuilders, cancellationToken).ConfigureAwait(false));

    /// <summary>The host of a machine that is reached by SSH.</summary>
    internal static StoreAuthority AuthorityOf(BuildMachine machine) => machine.Store is { Kind: StoreKind.SshNg or StoreKind.Ssh, Authority: { } authority }
        ? authority
        : throw Invalid($"{machine.Store.ToDisplayString()} is no machine that SSH reaches. Give ssh-ng://HOST");

    internal static NixConfigurationException Invalid(string why) => new(NixErrorCodes.InvalidBuilders, $"No list of build machines can be written: {why}.");

    private static string Check(string host) => Host().IsMatch(host) ? host : throw Invalid($"'{host}' is no host's name");

    [GeneratedRegex(@"^[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,252}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();

    [GeneratedRegex(@"^[a-z0-9@.-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyType();
}
