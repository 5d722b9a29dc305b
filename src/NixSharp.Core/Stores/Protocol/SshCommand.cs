using System.Text;
using NixSharp.Processes;

namespace NixSharp.Stores.Protocol;

/// <summary>The command that speaks with a daemon through <c>ssh</c>, made from the parameters of a store's URI as Nix makes it.</summary>
internal sealed class SshCommand : IDisposable
{
    private readonly StoreReference _reference;
    private readonly string _host;
    private readonly byte[]? _hostKey;
    private readonly Lock _gate = new();
    private string? _hostKeyFolder;

    public SshCommand(StoreReference reference)
    {
        _reference = reference;
        var authority = reference.Authority ?? throw Invalid("it names no host");
        _host = authority.User is { } user ? $"{user}@{authority.Host}" : authority.Host;

        // Where ssh takes it for an option it could run any program.
        if (_host.StartsWith('-') || authority.Host.StartsWith('-'))
        {
            throw Invalid("a host's or user's name may not start with a dash");
        }

        if (authority.Password is not null)
        {
            throw Invalid("ssh takes no password from it. Use a key");
        }

        _hostKey = reference.GetParameter("base64-ssh-public-host-key") is { } key ? Decode(key) : null;
    }

    /// <summary>The command, with files that it needs in place.</summary>
    /// <param name="options">More options, as they stand in <c>$NIX_SSHOPTS</c>.</param>
    public ProcessCommand Build(string options)
    {
        var arguments = new List<string>(Split(options));
        if (_reference.GetParameter("ssh-key") is { Length: > 0 } key)
        {
            arguments.AddRange(["-i", key]);
        }

        if (_hostKey is not null)
        {
            arguments.Add($"-oUserKnownHostsFile={WriteHostKey(_hostKey)}");
        }

        if (_reference.GetBoolean("compress"))
        {
            arguments.Add("-C");
        }

        if (_reference.Authority!.Port is { } port)
        {
            arguments.AddRange(["-p", port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        }

        // No terminals and agents for the other machine.
        arguments.AddRange(["-x", "-a", "--", _host, RemoteCommand()]);
        return new ProcessCommand("ssh", arguments) { InstallHint = "apt install openssh-client" };
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_hostKeyFolder is { } folder)
            {
                _hostKeyFolder = null;
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>What a shell on the other machine runs.</summary>
    private string RemoteCommand()
    {
        var program = _reference.GetList("remote-program") is { Count: > 0 } words ? words : ["nix-daemon"];
        var store = _reference.GetParameter("remote-store") is { Length: > 0 } remote ? (string[])["--store", remote] : [];
        return string.Join(' ', ((string[])[.. program, "--stdio", .. store]).Select(ShellText.QuoteIfNeeded));
    }

    private string WriteHostKey(byte[] key)
    {
        lock (_gate)
        {
            _hostKeyFolder ??= Directory.CreateTempSubdirectory("nixsharp-ssh-").FullName;
            var file = Path.Combine(_hostKeyFolder, "host-key");
            var authority = _reference.Authority!;
            var host = authority.Port is { } port and not 22 ? $"[{authority.Host}]:{port}" : authority.Host;
            File.WriteAllBytes(file, [.. Encoding.UTF8.GetBytes(host), (byte)' ', .. key, (byte)'\n']);
            return file;
        }
    }

    private byte[] Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw Invalid("its parameter 'base64-ssh-public-host-key' is not base 64 of a line such as 'ssh-ed25519 AAAA...'");
        }
    }

    private NixStoreException Invalid(string why) => StoreReference.Invalid(_reference.ToDisplayString(), why);

    /// <summary>Words with spaces between them, of which quotes keep some together.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var word = new StringBuilder();
        var (quote, isWord) = ('\0', false);
        foreach (var character in text)
        {
            if (quote != '\0' ? character == quote : character is '"' or '\'')
            {
                (quote, isWord) = (quote == '\0' ? character : '\0', true);
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                if (isWord)
                {
                    yield return word.ToString();
                }

                (isWord, _) = (false, word.Clear());
            }
            else
            {
                isWord = true;
                word.Append(character);
            }
        }

        if (isWord)
        {
            yield return word.ToString();
        }
    }
}
