using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Processes;

namespace NixSharp.Registries;

/// <summary>
/// Copies and inspects images by running <c>skopeo</c>, for the transports that only skopeo knows:
/// <c>docker://HOST/NAME:TAG</c>, <c>docker-archive:FILE</c>, <c>oci:FOLDER:TAG</c>, <c>oci-archive:FILE</c>,
/// <c>dir:FOLDER</c>, <c>containers-storage:...</c>.
/// </summary>
/// <param name="options">How <c>skopeo</c> is run; null takes the defaults.</param>
public sealed partial class SkopeoClient(SkopeoOptions? options = null)
{
    private const string DockerTransport = "docker://";
    private readonly SkopeoOptions _options = options ?? new SkopeoOptions();

    /// <summary>Copies an image and returns the digest of the manifest that arrived.</summary>
    /// <param name="source">Where it is, with its transport.</param>
    /// <param name="destination">Where it goes, with its transport.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    /// <exception cref="NixProcessException">Skopeo is not there (<c>NIXS5001</c>), or failed (<c>NIXS4120</c>).</exception>
    /// <exception cref="RegistryException">A <c>docker://</c> reference or a file of credentials cannot be read.</exception>
    public async Task<OciDigest> CopyAsync(string source, string destination, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        var (from, to) = (Reference(source), Reference(destination));
        using var sourceAuth = await SkopeoAuthFile.CreateAsync(from, _options.Credentials, cancellationToken).ConfigureAwait(false);
        using var destinationAuth = await SkopeoAuthFile.CreateAsync(to, _options.Credentials, cancellationToken).ConfigureAwait(false);
        var folder = Directory.CreateTempSubdirectory("nixsharp-");
        try
        {
            var digestFile = Path.Combine(folder.FullName, "digest");
            List<string> arguments = ["copy", "--digestfile", digestFile];
            if (_options.AllImages)
            {
                arguments.Add("--all");
            }

            AddRegistry(arguments, "--src-", from, sourceAuth);
            AddRegistry(arguments, "--dest-", to, destinationAuth);
            var (command, _) = await RunAsync(arguments, [source, destination], cancellationToken).ConfigureAwait(false);
            return OciDigest.TryParse((await File.ReadAllTextAsync(digestFile, cancellationToken).ConfigureAwait(false)).Trim(), out var digest)
                ? digest
                : throw new NixProcessException(
                    NixErrorCodes.SkopeoFailed,
                    $"'{command}' ended well and named no sha256 digest. Check 'skopeo --version': 1.9 and later do.",
                    command);
        }
        catch (FileNotFoundException exception)
        {
            throw new NixProcessException(
                NixErrorCodes.SkopeoFailed,
                $"skopeo copied {source} to {destination} and wrote no digest. Check 'skopeo --version': 1.9 and later do.",
                _options.Program,
                exception);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What <c>skopeo inspect</c> prints of an image: its digest, layers, labels, environment and tags.</summary>
    /// <exception cref="NixProcessException">Skopeo is not there (<c>NIXS5001</c>), or failed (<c>NIXS4120</c>).</exception>
    /// <exception cref="RegistryException">A <c>docker://</c> reference or a file of credentials cannot be read.</exception>
    public async Task<JObject> InspectAsync(string image, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        var reference = Reference(image);
        using var auth = await SkopeoAuthFile.CreateAsync(reference, _options.Credentials, cancellationToken).ConfigureAwait(false);
        List<string> arguments = ["inspect"];
        AddRegistry(arguments, "--", reference, auth);
        var (command, result) = await RunAsync(arguments, [image], cancellationToken).ConfigureAwait(false);
        try
        {
            using var reader = new JsonTextReader(new StringReader(result.Output)) { DateParseHandling = DateParseHandling.None };
            return JObject.Load(reader);
        }
        catch (JsonException exception)
        {
            throw new NixProcessException(
                NixErrorCodes.SkopeoFailed,
                $"'{command}' ended well and printed no JSON object. Run it by hand to see what it prints instead.",
                command,
                exception);
        }
    }

    private static ImageReference? Reference(string image) =>
        image.StartsWith(DockerTransport, StringComparison.Ordinal) ? ImageReference.Parse(image[DockerTransport.Length..]) : null;

    private static string Hint(string error)
    {
        if (error.Contains("policy.json", StringComparison.Ordinal))
        {
            return "Install the package containers-common, or set the InsecurePolicy option.";
        }

        if (error.Contains("unauthorized", StringComparison.OrdinalIgnoreCase) || error.Contains("authentication required", StringComparison.Ordinal) || error.Contains("denied", StringComparison.Ordinal))
        {
            return "Log in with 'skopeo login', or give other credentials.";
        }

        if (error.Contains("server gave HTTP response to HTTPS client", StringComparison.Ordinal))
        {
            return "The registry speaks plain HTTP: set the PlainHttp option.";
        }

        return error.Contains("manifest unknown", StringComparison.Ordinal)
            ? "There is no such tag or digest in that repository."
            : "Run the command by hand with --debug to see more.";
    }

    private void AddRegistry(List<string> arguments, string prefix, ImageReference? reference, SkopeoAuthFile? auth)
    {
        if (reference is null)
        {
            return;
        }

        if (_options.PlainHttp || reference.IsLoopback)
        {
            arguments.Add(prefix + "tls-verify=false");
        }

        if (auth is not null)
        {
            arguments.AddRange([prefix + "authfile", auth.Path]);
        }
    }

    private ProcessCommand Program(IReadOnlyList<string> arguments) => new(_options.Program, arguments) { InstallHint = "apt install skopeo" };

    private async Task<(string Command, ProcessResult Result)> RunAsync(List<string> arguments, string[] images, CancellationToken cancellationToken)
    {
        string[] policy = _options.InsecurePolicy ? ["--insecure-policy"] : [];
        var command = Program([.. policy, .. arguments, .. _options.ExtraArguments, "--", .. images]) with
        {
            OutputLines = arguments[0] == "copy" ? _options.Log : null,
            ErrorLines = _options.Log,
        };
        var result = await command.TryRunAsync(cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0
            ? (command.ToString(), result)
            : throw command.Failed(NixErrorCodes.SkopeoFailed, result, Hint(string.Join('\n', result.ErrorTail)));
    }
}
