using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Processes;

namespace NixSharp.Registries;

/// <summary>Asks <c>docker-credential-NAME get</c>.</summary>
internal static partial class CredentialHelper
{
    private const string DockerHubUrl = "https://index.docker.io/v1/";
    private const string IdentityTokenUser = "<token>";

    public static async Task<RegistryCredentials?> GetAsync(string helper, string registry, string file, CancellationToken cancellationToken)
    {
        if (!NamePattern().IsMatch(helper))
        {
            throw new RegistryException(
                NixErrorCodes.CredentialsUnreadable,
                $"The credentials in {file} cannot be read: the helper that it names is no plain name. Correct 'credsStore' or 'credHelpers'.");
        }

        var server = registry == ImageReference.DockerHub ? DockerHubUrl : registry;
        var command = new ProcessCommand("docker-credential-" + helper, "get")
        {
            StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(server)),
            OutputLimit = 1 << 20,
            InstallHint = $"the package of docker-credential-{helper}, or take it out of {file}",
        };
        ProcessResult result;
        try
        {
            result = await command.TryRunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NixProcessException exception)
        {
            throw Failed(exception.Message, exception);
        }

        if (result.ExitCode != 0)
        {
            // By the helpers' protocol, an error is told on standard output.
            return result.Output.Contains("credentials not found", StringComparison.OrdinalIgnoreCase)
                ? null
                : throw Failed($"it ended with exit code {result.ExitCode}", null);
        }

        try
        {
            var answer = JObject.Parse(result.Output);
            if ((string?)answer["Username"] is not { } username || (string?)answer["Secret"] is not { } secret)
            {
                throw Failed("its answer has no Username and Secret", null);
            }

            var source = $"docker-credential-{helper} ({file})";
            return username == IdentityTokenUser
                ? new RegistryCredentials("", "", secret, source)
                : new RegistryCredentials(username, secret, null, source);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // The reader's own message quotes what it could not read.
            throw Failed("its answer is not the JSON that it should be", null);
        }

        RegistryException Failed(string why, Exception? inner) => new(
            NixErrorCodes.CredentialHelperFailed,
            $"The credential helper 'docker-credential-{helper}', which {file} names for {registry}, failed: {why.TrimEnd('.')}. Run 'echo {server} | docker-credential-{helper} get' to see why.",
            inner);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
