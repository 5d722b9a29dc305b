using System.Text;
using NixSharp.Files;

namespace NixSharp.Stores.Caches;

/// <summary>Files of names and passwords by host: <c>machine HOST login NAME password PASSWORD</c>, as curl reads them.</summary>
internal static class NetrcFile
{
    private const int MaxSize = 1 << 20;

    /// <summary>The files that are read, in order.</summary>
    public static IReadOnlyList<string> Places(string? named)
    {
        if (named is not null)
        {
            return [Path.GetFullPath(named)];
        }

        var configuration = Environment.GetEnvironmentVariable("NIX_CONF_DIR");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return [Path.Combine(string.IsNullOrEmpty(configuration) ? "/etc/nix" : configuration, "netrc"), Path.Combine(home, ".netrc")];
    }

    /// <summary>The first entry for a host; null where there is none.</summary>
    /// <param name="named">The file; null for the usual ones, of which none need be there.</param>
    /// <param name="host">The host.</param>
    /// <param name="login">The name that the entry has to have; null for any.</param>
    /// <exception cref="NixStoreException">The file that was named cannot be read.</exception>
    public static NetrcEntry? Find(string? named, string host, string? login)
    {
        foreach (var file in Places(named))
        {
            if (Read(file, named is not null) is { } text &&
                Parse(text, file).FirstOrDefault(entry => Fits(entry, host, login)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Every entry of a file.</summary>
    public static IEnumerable<NetrcEntry> Parse(string text, string file)
    {
        NetrcEntry? entry = null;
        var words = new Queue<string>(Words(text));
        while (words.TryDequeue(out var word))
        {
            switch (word)
            {
                case "machine" or "default":
                    if (entry is not null)
                    {
                        yield return entry;
                    }

                    entry = new NetrcEntry(word == "machine" ? words.TryDequeue(out var machine) ? machine : "" : null, null, null, file);
                    break;
                case "login" when entry is not null && words.TryDequeue(out var login):
                    entry = entry with { Login = login };
                    break;
                case "password" when entry is not null && words.TryDequeue(out var password):
                    entry = entry with { Password = password };
                    break;
                case "account":
                    words.TryDequeue(out _);
                    break;
            }
        }

        if (entry is not null)
        {
            yield return entry;
        }
    }

    private static bool Fits(NetrcEntry entry, string host, string? login) =>
        (entry.Machine is null || string.Equals(entry.Machine, host, StringComparison.OrdinalIgnoreCase)) &&
        (login is null || entry.Login is null || entry.Login == login);

    private static string? Read(string file, bool isNamed)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return stream.Length <= MaxSize
                ? new StreamReader(stream).ReadToEnd()
                : throw new NixStoreException(NixErrorCodes.CacheCredentials, $"The credentials in {file} cannot be read: the file is larger than {MaxSize} bytes. Name another one.");
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            // Nix's own file is often only for its daemon to read.
            return isNamed
                ? throw new NixStoreException(NixErrorCodes.CacheCredentials, $"The credentials in {file} cannot be read: {FileErrors.Explain(error)} Check that the file is there and yours.", error)
                : null;
        }
    }

    private static IEnumerable<string> Words(string text)
    {
        var isMacro = false;
        foreach (var line in text.Split('\n'))
        {
            // A macro goes on to the next empty line.
            isMacro = isMacro && !string.IsNullOrWhiteSpace(line);
            for (var at = 0; !isMacro && NextWord(line, ref at) is { } word;)
            {
                if (word.StartsWith('#'))
                {
                    break;
                }

                isMacro = word == "macdef";
                if (!isMacro)
                {
                    yield return word;
                }
            }
        }
    }

    private static string? NextWord(string line, ref int at)
    {
        while (at < line.Length && char.IsWhiteSpace(line[at]))
        {
            at++;
        }

        if (at == line.Length)
        {
            return null;
        }

        var word = new StringBuilder();
        var isQuoted = line[at] == '"';
        for (at += isQuoted ? 1 : 0; at < line.Length && !(isQuoted ? line[at] == '"' : char.IsWhiteSpace(line[at])); at++)
        {
            if (isQuoted && line[at] == '\\' && at + 1 < line.Length)
            {
                at++;
                word.Append(line[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
            }
            else
            {
                word.Append(line[at]);
            }
        }

        at += isQuoted && at < line.Length ? 1 : 0;
        return word.ToString();
    }
}
