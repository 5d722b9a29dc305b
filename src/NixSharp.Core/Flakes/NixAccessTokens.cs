using NixSharp.Processes;

namespace NixSharp.Flakes;

/// <summary>
/// Finds the tokens that this user has for forges, so that fetching inputs is not limited as it is for strangers. What comes
/// back is secret: hand it to <see cref="NixOptions.AccessTokens"/>, which keeps it out of arguments and logs.
/// </summary>
public static class NixAccessTokens
{
    private const string GitHub = "github.com";
    private const int MaxNetrcSize = 1 << 20;

    /// <summary>
    /// Looks for a token for each host: not where <c>NIX_CONFIG</c> has one, which Nix takes by itself; else in
    /// <c>GITHUB_TOKEN</c> and <c>GH_TOKEN</c> for github.com and <c>GITLAB_TOKEN</c> for gitlab.com, then in <c>NETRC</c> or
    /// <c>~/.netrc</c>, then with <c>gh auth token</c> for github.com.
    /// </summary>
    /// <returns>The tokens by host; hosts without one are left out.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> FindAsync(IReadOnlyCollection<string>? hosts = null, CancellationToken cancellationToken = default)
    {
        var tokens = new Dictionary<string, string>();
        foreach (var host in hosts ?? [GitHub])
        {
            if (!IsConfigured(host) &&
                (FromEnvironment(host) ?? await FromNetrcAsync(host, cancellationToken).ConfigureAwait(false) ?? await FromGitHubAsync(host, cancellationToken).ConfigureAwait(false)) is { } token)
            {
                tokens[host] = token;
            }
        }

        return tokens;
    }

    /// <summary>The password of a machine in the text of a netrc; null where it has none.</summary>
    internal static string? ReadNetrc(string text, string host)
    {
        var words = text.Split('\n')
            .Select(static line => line.TrimStart())
            .Where(static line => !line.StartsWith('#'))
            .SelectMany(static line => line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        var isMeant = false;
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "machine" when i + 1 < words.Count:
                    isMeant = words[++i] == host;
                    break;
                case "default":
                    isMeant = false;
                    break;
                case "password" when i + 1 < words.Count:
                    i++;
                    if (isMeant)
                    {
                        return words[i];
                    }

                    break;
                case "login" or "account" when i + 1 < words.Count:
                    i++;
                    break;
                default:
                    break;
            }
        }

        return null;
    }

    private static bool IsConfigured(string host) =>
        (Environment.GetEnvironmentVariable("NIX_CONFIG") ?? "").Split('\n')
            .Select(static line => line.Split('=', 2))
            .Any(setting => setting is [var name, var value] && name.Trim() is "access-tokens" or "extra-access-tokens" && setting[1].Split(' ').Any(pair => pair.StartsWith(host + "=", StringComparison.Ordinal)));

    private static string? FromEnvironment(string host)
    {
        string[] names = host switch
        {
            GitHub => ["GITHUB_TOKEN", "GH_TOKEN"],
            "gitlab.com" => ["GITLAB_TOKEN"],
            _ => [],
        };
        return names.Select(Environment.GetEnvironmentVariable).FirstOrDefault(IsToken);
    }

    private static async Task<string?> FromNetrcAsync(string host, CancellationToken cancellationToken)
    {
        var path = Environment.GetEnvironmentVariable("NETRC") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".netrc");
        if (!File.Exists(path))
        {
            return null;
        }

        var text = await Files.SmallFile.ReadTextAsync(path, MaxNetrcSize, NixErrorCodes.SourceUnreadable, cancellationToken).ConfigureAwait(false);
        return ReadNetrc(text, host) is { } token && IsToken(token) ? token : null;
    }

    private static async Task<string?> FromGitHubAsync(string host, CancellationToken cancellationToken)
    {
        if (host != GitHub || ProgramSearch.Find("gh", null) is null)
        {
            return null;
        }

        var result = await new ProcessCommand("gh", "auth", "token", "--hostname", host).TryRunAsync(cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 && IsToken(result.Output.Trim()) ? result.Output.Trim() : null;
    }

    // In Nix's configuration, white space ends a token.
    private static bool IsToken(string? text) => !string.IsNullOrEmpty(text) && !text.Any(char.IsWhiteSpace);
}
