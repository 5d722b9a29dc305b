using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Locks;
using NixSharp.Json;
using NixSharp.Processes;

namespace NixSharp.Flakes;

public sealed partial class NixClient
{
    // Since then, 'nix flake update' takes the inputs to update, and the flake as an option.
    private static readonly Version UpdateTakesInputs = new(2, 19);

    /// <summary>The version of <c>nix</c>, such as 2.26.3.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or answers something else.</exception>
    public async Task<Version> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        var command = new ProcessCommand(_options.Program, "--version") { InstallHint = InstallHint };
        var text = (await command.RunAsync(cancellationToken).ConfigureAwait(false)).Output.Trim();

        // "nix (Nix) 2.26.3", and in releases before a release "2.27pre20250101_abc".
        var number = new string([.. text[(text.LastIndexOf(' ') + 1)..].TakeWhile(static c => char.IsAsciiDigit(c) || c == '.')]).TrimEnd('.');
        return Version.TryParse(number, out var version)
            ? version
            : throw new NixProcessException(NixErrorCodes.NixOutputNotUnderstood, $"'{command}' answered '{text}', which has no version in it. Check that it is Nix.", command.ToString());
    }

    /// <summary>The lock of a flake's inputs, as Nix would use it: what is in <c>flake.lock</c>, and what is missing there.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not fetch the flake or an input.</exception>
    public async Task<FlakeLock> GetFlakeLockAsync(string flake, CancellationToken cancellationToken = default)
    {
        var (command, json) = await RunJsonAsync(["flake", "metadata", "--json", "--no-write-lock-file"], [flake], cancellationToken).ConfigureAwait(false);
        try
        {
            return FlakeLock.Parse((json["locks"] ?? throw new NixProcessException(NixErrorCodes.NixOutputNotUnderstood, $"'{command}' says nothing of locks. Check 'nix --version'.", command)).ToString());
        }
        catch (FlakeException error)
        {
            throw new NixProcessException(NixErrorCodes.NixOutputNotUnderstood, $"'{command}' answered with a lock that makes no sense. {error.Message}", command, error);
        }
    }

    /// <summary>Locks inputs that are not locked yet, in a flake whose <c>flake.lock</c> can be written.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not fetch an input.</exception>
    public Task LockFlakeAsync(string flake, CancellationToken cancellationToken = default) =>
        RunAsync(["flake", "lock"], [flake], cancellationToken);

    /// <summary>Updates inputs of a flake to their newest state.</summary>
    /// <param name="flake">A flake whose <c>flake.lock</c> can be written.</param>
    /// <param name="inputs">The inputs; none means all.</param>
    /// <param name="cancellationToken">Stops the update.</param>
    /// <exception cref="NixProcessException">Nix is not there, or could not fetch an input.</exception>
    public async Task UpdateFlakeAsync(string flake, IReadOnlyList<string>? inputs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flake);
        inputs ??= [];
        if (await GetVersionAsync(cancellationToken).ConfigureAwait(false) >= UpdateTakesInputs)
        {
            await RunAsync(["flake", "update", "--flake", flake], inputs, cancellationToken).ConfigureAwait(false);
        }
        else if (inputs.Count == 0)
        {
            await RunAsync(["flake", "update"], [flake], cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RunAsync(["flake", "lock", .. inputs.SelectMany(static input => (string[])["--update-input", input])], [flake], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Copies a flake and all its inputs into the store, or into another one.</summary>
    /// <param name="flake">The flake.</param>
    /// <param name="to">The URI of a store to copy to as well; null for none.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    /// <returns>Where the sources are.</returns>
    /// <exception cref="NixProcessException">Nix is not there, or could not fetch an input.</exception>
    public async Task<FlakeArchive> ArchiveFlakeAsync(string flake, string? to = null, CancellationToken cancellationToken = default)
    {
        var (command, json) = await RunJsonAsync(["flake", "archive", "--json", .. to is null ? (string[])[] : ["--to", to]], [flake], cancellationToken).ConfigureAwait(false);
        return NixJson.Read(command, () => FlakeArchive.Read(json, _options.StoreDirectory));
    }

    /// <summary>The environment of <c>nix develop</c>, as data: builds can run in it without a shell.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not build the environment.</exception>
    public async Task<NixDevEnvironment> GetDevEnvironmentAsync(string installable, CancellationToken cancellationToken = default)
    {
        var (command, json) = await RunJsonAsync(["print-dev-env", "--json"], [installable], cancellationToken).ConfigureAwait(false);
        return NixJson.Read(command, () => NixDevEnvironment.Read(JsonNodes.Expect<JObject>(json, "an environment")));
    }

    /// <summary>Builds an app and runs it.</summary>
    /// <param name="installable">The app, or a package whose main program is meant.</param>
    /// <param name="arguments">What the app gets; they may look like options of Nix.</param>
    /// <param name="output">Gets each line that the app prints on standard output, as it comes.</param>
    /// <param name="cancellationToken">Stops the app.</param>
    /// <returns>What the app printed on standard output.</returns>
    /// <exception cref="NixProcessException">Nix is not there, could not build the app, or the app failed.</exception>
    public async Task<string> RunAppAsync(string installable, IReadOnlyList<string>? arguments = null, IProgress<string>? output = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(["run"], [installable, .. arguments ?? []], cancellationToken, output).ConfigureAwait(false)).Result.Output;

    /// <summary>Formats files with the formatter of the flake in the working folder.</summary>
    /// <exception cref="NixProcessException">Nix is not there, the flake has no formatter, or that failed.</exception>
    public async Task<string> FormatAsync(IReadOnlyList<string>? paths = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(["fmt"], paths ?? [], cancellationToken).ConfigureAwait(false)).Result.Output;
}
