using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Files;

namespace NixSharp.Stores.Serving;

/// <summary>
/// Who may use a cache: a line <c>user:password</c> or <c>user:sha256:BASE16</c> for each, the hash being the
/// password's. Names and passwords reach no message.
/// </summary>
public sealed class CacheUsers
{
    private const string HashMark = "sha256:";
    private const int MaxSize = 1024 * 1024;

    private readonly Dictionary<string, byte[]> _hashes;

    private CacheUsers(Dictionary<string, byte[]> hashes) => _hashes = hashes;

    /// <summary>Reads the lines; empty ones, and those that start with <c>#</c>, are passed over.</summary>
    /// <exception cref="NixConfigurationException">A line is something else.</exception>
    public static CacheUsers Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hashes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.Split('\n').Select(static line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !TryReadHash(line[(colon + 1)..], out var hash))
            {
                throw new NixConfigurationException(
                    NixErrorCodes.InvalidCacheUsers,
                    $"Line {number} of the list of users is neither user:password nor user:sha256:<base16 of the password's hash>. The hashes of htpasswd are not supported.");
            }

            hashes[line[..colon]] = hash;
        }

        return hashes.Count > 0
            ? new CacheUsers(hashes)
            : throw new NixConfigurationException(NixErrorCodes.InvalidCacheUsers, "The list of users is empty, so that nobody could use the cache. Add a line user:password.");
    }

    /// <summary>Reads the lines of a file.</summary>
    /// <exception cref="NixConfigurationException">A line is something else.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<CacheUsers> ReadAsync(string file, CancellationToken cancellationToken = default) =>
        Parse(await SmallFile.ReadTextAsync(file, MaxSize, NixErrorCodes.InvalidCacheUsers, cancellationToken).ConfigureAwait(false));

    /// <summary>Whether the value of an <c>Authorization</c> header is of one of them.</summary>
    public bool Accept(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header) ||
            !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ||
            !TryDecode(header.Parameter, out var credentials))
        {
            return false;
        }

        // The same work for names that exist and for those that don't.
        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        var isKnown = _hashes.TryGetValue(colon < 0 ? "" : credentials[..colon], out var expected);
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(credentials[(colon + 1)..]));
        return CryptographicOperations.FixedTimeEquals(given, expected ?? new byte[SHA256.HashSizeInBytes]) && isKnown;
    }

    private static bool TryReadHash(string password, out byte[] hash)
    {
        hash = new byte[SHA256.HashSizeInBytes];
        if (password.StartsWith(HashMark, StringComparison.Ordinal))
        {
            return password.Length == HashMark.Length + (2 * hash.Length)
                && Convert.FromHexString(password.AsSpan(HashMark.Length), hash, out _, out _) == System.Buffers.OperationStatus.Done;
        }

        // Whoever brings a file of htpasswd must not find the hash working as a password.
        if (password.Length == 0 || password[0] == '$' || password.StartsWith('{'))
        {
            return false;
        }

        SHA256.HashData(Encoding.UTF8.GetBytes(password), hash);
        return true;
    }

    private static bool TryDecode(string? parameter, out string credentials)
    {
        credentials = "";
        var bytes = new byte[(parameter?.Length ?? 0) * 3 / 4];
        if (parameter is null || !Convert.TryFromBase64String(parameter, bytes, out var count))
        {
            return false;
        }

        credentials = Encoding.UTF8.GetString(bytes, 0, count);
        return true;
    }
}
