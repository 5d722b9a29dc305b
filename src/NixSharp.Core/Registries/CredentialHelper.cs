using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Processes;

namespace NixSharp.Registries;

/// <summary>Runs <c>docker-credential-NAME</c>, which keeps credentials.</summary>
internal static partial class CredentialHelper
{
    private const string DockerHubUrl = "https://index.docker.io/v1/";
    private const string IdentityTokenUser = "<token>";

    /// <summary>What the helper has for a registry; null where it has nothing.</summary>
    public static async Task<RegistryCredentials?> GetAsync(string helper, string registry, string file, CancellationToken cancellationToken)
    {
        var result = await RunAsync(helper, "get", Server(registry), registry, file, cancellationToken).ConfigureAwait(false);
        if (result is null)
        {
            return null;
        }

        try
        {
            var answer = JObject.Parse(result.Output);
            if ((string?)answer["Username"] is not { } username || (string?)answer["Secret"] is not { } secret)
            {
                throw Failed(helper, "get", registry, file, "its answer has no Username and Secret", null);
            }

            var source = $"docker-credential-{helper} ({file})";
            return username == IdentityTokenUser
                ? new RegistryCredentials("", "", secret, source)
                : new RegistryCredentials(username, secret, null, source);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // The reader's own message quotes what it could not read.
            throw Failed(helper, "get", registry, file, "its answer is not the JSON that it should be", null);
        }
    }

    /// <summary>Has the helper keep credentials.</summary>
    public static Task StoreAsync(string helper, string registry, RegistryCredentials credentials, string file, CancellationToken cancellationToken)
    {
        var entry = new JObject
        {
            ["ServerURL"] = Server(registry),
            ["Username"] = credentials.IdentityToken is null ? credentials.Username : IdentityTokenUser,
            ["Secret"] = credentials.IdentityToken ?? credentials.Password,
        };
        return RunAsync(helper, "store", entry.ToString(Formatting.None), registry, file, cancellationToken);
    }

    /// <summary>Has the helper forget credentials; false where it has none.</summary>
    public static async Task<bool> EraseAsync(string helper, string registry, string file, CancellationToken cancellationToken)
    {
        // Not every helper says whether there was something to erase.
        var isThere = await GetAsync(helper, registry, file, cancellationToken).ConfigureAwait(false) is not null;
        return isThere && await RunAsync(helper, "erase", Server(registry), registry, file, cancellationToken).ConfigureAwait(false) is not null;
    }

    private static string Server(string registry) => registry == ImageReference.DockerHub ? DockerHubUrl : registry;

    /// <summary>Null where the helper says that it has no such credentials.</summary>
    private static async Task<ProcessResult?> RunAsync(string helper, string action, string input, string registry, string file, CancellationToken cancellationToken)
    {
        if (!NamePattern().IsMatch(helper))
        {
            throw new RegistryException(
                NixErrorCodes.CredentialsUnreadable,
                $"The credentials in {file} cannot be read: the helper that it names is no plain name. Correct 'credsStore' or 'credHelpers'.");
        }

        var command = new ProcessCommand("docker-credential-" + helper, action)
        {
            StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(input)),
            OutputLimit = 1 << 20,
            InstallHint = $"the package of docker-credential-{helper}, or take it out of {file}",
        };
        try
        {
            var result = await command.TryRunAsync(cancellationToken).ConfigureAwait(false);

            // By the helpers' protocol, an error is told on standard output.
            return result.ExitCode == 0 ? result
                : result.Output.Contains("credentials not found", StringComparison.OrdinalIgnoreCase) ? null
                : throw Failed(helper, action, registry, file, $"it ended with exit code {result.ExitCode}", null);
        }
        catch (NixProcessException exception)
        {
            throw Failed(helper, action, registry, file, exception.Message, exception);
        }
    }

    private static RegistryException Failed(string helper, string action, string registry, string file, string why, Exception? inner) => new(
        NixErrorCodes.CredentialHelperFailed,
        $"The credential helper 'docker-credential-{helper} {action}', which {file} names for {registry}, failed: {why.TrimEnd('.')}. Run 'echo {Server(registry)} | docker-credential-{helper} get' to see why.",
        inner);

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
