using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Processes;
using NixSharp.Web;

namespace NixSharp.Registries.Skopeo;

/// <summary>
/// Runs <c>skopeo</c>, 1.9 or later, for the transports that only skopeo knows: <c>docker://HOST/NAME:TAG</c>,
/// <c>docker-archive:FILE</c>, <c>docker-daemon:NAME:TAG</c>, <c>oci:FOLDER:TAG</c>, <c>oci-archive:FILE</c>,
/// <c>dir:FOLDER</c>, <c>containers-storage:...</c>. Passwords reach it in files and on standard input, never as arguments.
/// </summary>
/// <remarks>
/// Every method throws <see cref="NixProcessException"/>, whose code tells why: skopeo is not there (<c>NIXS5001</c>)
/// or does not know an option (<c>NIXS4150</c>), access is denied (<c>NIXS4103</c>), there is no such image
/// (<c>NIXS4104</c> in a registry, <c>NIXS4003</c> on disk), the registry cannot be reached (<c>NIXS4102</c>), TLS fails
/// (<c>NIXS4151</c>), the registry allows no more requests (<c>NIXS4152</c>), or another reason (<c>NIXS4120</c>).
/// <see cref="RegistryException"/> says that a <c>docker://</c> reference or a file of credentials cannot be read.
/// </remarks>
public sealed partial class SkopeoClient
{
    private const string DockerTransport = "docker://";
    private readonly SkopeoOptions _options;
    private readonly Polly.ResiliencePipeline _retries;
    private Version? _version;

    /// <summary>Takes note of how skopeo is run; runs nothing yet.</summary>
    /// <param name="options">How it is run; null takes the defaults.</param>
    public SkopeoClient(SkopeoOptions? options = null)
    {
        _options = options ?? new SkopeoOptions();
        _retries = Retries.Make(_options.MaxAttempts, _options.RetryDelay, SkopeoFailure.IsTransient, static _ => null);
    }

    /// <summary>The version of the program, such as 1.9.3; asked for once.</summary>
    public async Task<Version> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        if (_version is not null)
        {
            return _version;
        }

        var command = Program(["--version"]);
        var result = await command.TryRunAsync(cancellationToken).ConfigureAwait(false);
        return _version = result.ExitCode == 0 && VersionPattern().Match(result.Output) is { Success: true } match
            ? Version.Parse(match.Value)
            : throw command.Failed(NixErrorCodes.SkopeoFailed, result, "It does not tell its version, as skopeo does. Check the Program option.");
    }

    /// <summary>Deletes the manifest that a tag or digest names from a registry, and so every tag of that manifest.</summary>
    /// <param name="image">The image, with its transport.</param>
    /// <param name="endpoint">How the registry is got at.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task DeleteAsync(string image, SkopeoEndpoint? endpoint = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        using var access = new SkopeoAccess();
        var arguments = new SkopeoArguments("delete");
        await access.AddAsync(arguments, "--", endpoint ?? new SkopeoEndpoint(), Reference(image), _options, cancellationToken).ConfigureAwait(false);
        await RunAsync(arguments, [image], cancellationToken).ConfigureAwait(false);
    }

    private static ImageReference? Reference(string image) =>
        image.StartsWith(DockerTransport, StringComparison.Ordinal) ? ImageReference.Parse(image[DockerTransport.Length..]) : null;

    private static NixProcessException Malformed(string command, string what, Exception? inner = null) => new(
        NixErrorCodes.SkopeoFailed,
        $"'{command}' ended well and {what}. Run it by hand to see what it prints instead, and check 'skopeo --version': 1.9 and later do.",
        command,
        inner);

    private static OciDigest ParseDigest(string command, string text) =>
        OciDigest.TryParse(text, out var digest) ? digest : throw Malformed(command, "named no sha256 digest");

    private static JObject ParseObject(string command, string text)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, MaxDepth = 64 };
            return JObject.Load(reader);
        }
        catch (JsonException exception)
        {
            throw Malformed(command, "printed no JSON object", exception);
        }
    }

    private ProcessCommand Program(IReadOnlyList<string> arguments) => new(_options.Program, arguments) { InstallHint = "apt install skopeo" };

    private Task<(string Command, ProcessResult Result)> RunAsync(SkopeoArguments arguments, string[] operands, CancellationToken cancellationToken) =>
        RunAsync(arguments, operands, null, cancellationToken);

    private async Task<(string Command, ProcessResult Result)> RunAsync(
        SkopeoArguments arguments,
        string[] operands,
        string? password,
        CancellationToken cancellationToken)
    {
        var global = new SkopeoArguments("")
            .Add("--insecure-policy", _options.InsecurePolicy)
            .Add("--policy", _options.PolicyFile)
            .Add("--registries.d", _options.RegistriesFolder)
            .Add("--tmpdir", _options.TemporaryFolder)
            .Add("--override-arch", _options.Architecture)
            .Add("--override-os", _options.OperatingSystem)
            .Add("--override-variant", _options.Variant)
            .Add("--command-timeout", _options.Timeout);
        var command = Program([.. global.Options, arguments.Command, .. arguments.Options, .. _options.ExtraArguments, "--", .. operands]) with
        {
            OutputLines = arguments.Command is "copy" or "sync" ? _options.Log : null,
            ErrorLines = _options.Log,
            Secrets = password is null ? [] : [password],
        };
        return await _retries.ExecuteAsync(
            async cancellation =>
            {
                using var input = new MemoryStream(Encoding.UTF8.GetBytes(password ?? ""));
                var run = command with { StandardInput = password is null ? null : input };
                var result = await run.TryRunAsync(cancellation).ConfigureAwait(false);
                return result.ExitCode == 0 ? (command.ToString(), result) : throw SkopeoFailure.Describe(command, result);
            },
            cancellationToken).ConfigureAwait(false);
    }

    [GeneratedRegex(@"\d+\.\d+(?:\.\d+)?", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
