using System.Text.RegularExpressions;
using NixSharp.Processes;

namespace NixSharp.Registries.Skopeo;

/// <summary>
/// Tells why skopeo failed by what it printed last: its exit code is 1 for nearly everything, and 2, from 1.10 on, for
/// an image that is not there.
/// </summary>
internal static partial class SkopeoFailure
{
    private const int NotFoundExitCode = 2;

    private static readonly (Regex Pattern, string Code, string Hint)[] Kinds =
    [
        (UnknownFlag(), NixErrorCodes.SkopeoTooOld, "This skopeo does not know that option. Install a newer skopeo, or leave the option out."),
        (Policy(), NixErrorCodes.SkopeoFailed, "Install the package containers-common, or set the InsecurePolicy option."),
        (PlainHttp(), NixErrorCodes.SkopeoTlsFailed, "The registry speaks plain HTTP: set the PlainHttp option."),
        (Tls(), NixErrorCodes.SkopeoTlsFailed, "Give the folder with the registry's certificate authority, or correct the registry's certificate."),
        (RateLimit(), NixErrorCodes.SkopeoRateLimited, "The registry allows no more requests for now. Wait, or log in: known users are allowed more."),
        (Access(), NixErrorCodes.RegistryAccessDenied, "Log in with 'skopeo login', or give other credentials."),
        (Unsupported(), NixErrorCodes.RegistryRefused, "The registry does not allow this. Its own log may say more."),
        (RegistryNotFound(), NixErrorCodes.RegistryNotFound, "There is no such repository, tag or digest in the registry, or these credentials do not show it."),
        (Unreachable(), NixErrorCodes.RegistryUnreachable, "The registry or daemon cannot be reached, or is busy: check its name and port, and try again later."),
        (LocalNotFound(), NixErrorCodes.ImageNotFound, "There is no such image. Check the path and the name behind it."),
        (Signature(), NixErrorCodes.SkopeoSignatureRejected, "Do not trust the image, unless you know why the signature is another's."),
    ];

    public static NixProcessException Describe(ProcessCommand command, ProcessResult result)
    {
        var last = LastLine(result.ErrorTail);
        foreach (var (pattern, code, hint) in Kinds)
        {
            if (pattern.IsMatch(last))
            {
                return command.Failed(code, result, hint);
            }
        }

        return result.ExitCode == NotFoundExitCode
            ? command.Failed(NixErrorCodes.RegistryNotFound, result, "There is no such image.")
            : command.Failed(NixErrorCodes.SkopeoFailed, result, "Run the command by hand with --debug to see more.");
    }

    /// <summary>Whether the same run may well succeed a little later.</summary>
    public static bool IsTransient(Exception exception) => exception is NixProcessException
    {
        Code: NixErrorCodes.SkopeoRateLimited or NixErrorCodes.RegistryUnreachable,
        ErrorTail: var tail,
    } && !Permanent().IsMatch(LastLine(tail));

    private static string LastLine(IReadOnlyList<string> tail) =>
        tail.LastOrDefault(static line => line.Contains("level=fatal", StringComparison.Ordinal)) ?? (tail.Count > 0 ? tail[^1] : "");

    [GeneratedRegex("unknown (shorthand )?flag|unknown command", RegexOptions.CultureInvariant)]
    private static partial Regex UnknownFlag();

    [GeneratedRegex(@"policy\.json", RegexOptions.CultureInvariant)]
    private static partial Regex Policy();

    [GeneratedRegex("server gave HTTP response to HTTPS client", RegexOptions.CultureInvariant)]
    private static partial Regex PlainHttp();

    [GeneratedRegex("x509:|tls:|TLS handshake|HTTP request to an HTTPS server", RegexOptions.CultureInvariant)]
    private static partial Regex Tls();

    [GeneratedRegex("too ?many ?requests|rate limit|pull limit|status(?: code)?:? 429", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex RateLimit();

    [GeneratedRegex(@"unauthorized:|: unauthorized|authentication required|access to the resource is denied|invalid username/password|: denied|status(?: code)?[^:]*:? 40[13]|40[13] \(", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Access();

    [GeneratedRegex("405 Method Not Allowed|: unsupported", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Unsupported();

    [GeneratedRegex(@"manifest unknown|name unknown|repository name not known|status(?: code)?[^:]*:? 404|404 \(Not Found\)|Image may not exist", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex RegistryNotFound();

    [GeneratedRegex(@"no such file or directory|Tag \\?""[^""]*"" not found|no descriptor found for reference|does not contain an image|no image found", RegexOptions.CultureInvariant)]
    private static partial Regex LocalNotFound();

    [GeneratedRegex(@"dial (?:tcp|unix)|Cannot connect to the Docker daemon|connection refused|no such host|server misbehaving|i/o timeout|connection reset|broken pipe|unexpected EOF|: EOF|network is unreachable|no route to host|deadline exceeded|Service Unavailable|Bad Gateway|Gateway Timeout|status(?: code)?[^:]*:? 5\d\d|5\d\d \(", RegexOptions.CultureInvariant)]
    private static partial Regex Unreachable();

    [GeneratedRegex("Error verifying signature", RegexOptions.CultureInvariant)]
    private static partial Regex Signature();

    [GeneratedRegex("connection refused|no such (?:host|file)", RegexOptions.CultureInvariant)]
    private static partial Regex Permanent();
}
