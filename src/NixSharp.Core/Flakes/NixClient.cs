using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Flakes;

/// <summary>
/// Evaluates and builds by running <c>nix</c>, 2.4 or later. An installable is what Nix's command line takes: a flake
/// reference with an attribute (<c>.#hello</c>), a store path, or an attribute of <c>--file</c> or <c>--expr</c>.
/// Every method stops the build and <c>nix</c> itself when it is cancelled.
/// </summary>
/// <param name="options">How <c>nix</c> is run; null takes the defaults.</param>
public sealed partial class NixClient(NixOptions? options = null)
{
    private readonly NixOptions _options = options ?? new NixOptions();
    private IReadOnlyDictionary<string, string>? _tokens;

    internal StoreDirectory StoreDirectory => _options.StoreDirectory;

    /// <summary>Builds one installable.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not evaluate or build it.</exception>
    public Task<IReadOnlyList<NixBuildResult>> BuildAsync(string installable, NixBuildOptions? options = null, CancellationToken cancellationToken = default) =>
        BuildAsync([installable], options, cancellationToken);

    /// <summary>Builds installables; the results are in Nix's own order.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not evaluate or build them.</exception>
    public async Task<IReadOnlyList<NixBuildResult>> BuildAsync(
        IReadOnlyList<string> installables,
        NixBuildOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(installables);
        options ??= new NixBuildOptions();
        List<string> arguments = ["build", "--json"];
        arguments.AddRange(options.OutLink is { } link ? ["--out-link", link] : ["--no-link"]);
        AddIf(arguments, options.KeepGoing, "--keep-going");
        AddIf(arguments, options.Rebuild, "--rebuild");
        var (command, json) = await RunJsonAsync(arguments, installables, cancellationToken).ConfigureAwait(false);
        return NixJson.Read(command, () => NixJson.ReadBuildResults(json, _options.StoreDirectory));
    }

    /// <summary>Evaluates an installable to JSON.</summary>
    /// <param name="installable">What to evaluate; null where <see cref="NixOptions.ExtraArguments"/> has an expression.</param>
    /// <param name="apply">A Nix function that is applied to the value first, such as <c>builtins.attrNames</c>.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <exception cref="NixProcessException">Nix is not there, or could not evaluate it.</exception>
    public async Task<JToken> EvalAsync(string? installable, string? apply = null, CancellationToken cancellationToken = default) =>
        (await RunJsonAsync(["eval", "--json", .. Apply(apply)], List(installable), cancellationToken).ConfigureAwait(false)).Json;

    /// <summary>The names in a set of a flake, such as <c>nixosConfigurations</c>; none where the flake has no such attribute.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not evaluate the flake.</exception>
    public async Task<IReadOnlyList<string>> ListAttributesAsync(string flake, string attribute, CancellationToken cancellationToken = default)
    {
        var json = await TryEvalAsync($"{flake}#{attribute}", "builtins.attrNames", cancellationToken).ConfigureAwait(false);
        return NixJson.Read($"nix eval {flake}#{attribute}", () => (IReadOnlyList<string>)[.. JsonNodes.Items(json, "a list of names").Select(static name => JsonNodes.Text(name, "a name"))]);
    }

    /// <summary>Evaluates an installable that is a string, which comes back as it is.</summary>
    /// <inheritdoc cref="EvalAsync"/>
    public async Task<string> EvalRawAsync(string? installable, string? apply = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(["eval", "--raw", .. Apply(apply)], List(installable), cancellationToken).ConfigureAwait(false)).Result.Output;

    /// <summary>What the store knows of installables, which have to be built already.</summary>
    /// <param name="installables">What to ask about.</param>
    /// <param name="recursive">Whether to include all that they refer to, directly or not.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="NixProcessException">Nix is not there, or could not evaluate an installable.</exception>
    /// <exception cref="NixStoreException">A path is not valid.</exception>
    public async Task<IReadOnlyList<PathInfo>> PathInfoAsync(
        IReadOnlyList<string> installables,
        bool recursive = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(installables);
        List<string> arguments = ["path-info", "--json"];
        AddIf(arguments, recursive, "--recursive");
        var (command, json) = await RunJsonAsync(arguments, installables, cancellationToken).ConfigureAwait(false);
        return NixJson.Read(command, () => PathInfoJson.Read(json, _options.StoreDirectory));
    }

    /// <summary>The outputs of a flake, as <c>nix flake show --json</c> prints them.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not evaluate the flake.</exception>
    public async Task<JToken> ShowFlakeAsync(string flake, CancellationToken cancellationToken = default) =>
        (await RunJsonAsync(["flake", "show", "--json"], [flake], cancellationToken).ConfigureAwait(false)).Json;

    /// <summary>A flake's inputs, lock and source, as <c>nix flake metadata --json</c> prints them.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not fetch the flake.</exception>
    public async Task<JToken> GetFlakeMetadataAsync(string flake, CancellationToken cancellationToken = default) =>
        (await RunJsonAsync(["flake", "metadata", "--json"], [flake], cancellationToken).ConfigureAwait(false)).Json;

    /// <summary>Evaluates all outputs of a flake, and builds its checks.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or a check failed.</exception>
    public Task CheckFlakeAsync(string flake, CancellationToken cancellationToken = default) =>
        RunAsync(["flake", "check"], [flake], cancellationToken);

    /// <summary>Evaluates an attribute of a flake; null where the flake lacks it.</summary>
    internal async Task<JToken?> TryEvalAsync(string installable, string apply, CancellationToken cancellationToken)
    {
        try
        {
            return await EvalAsync(installable, apply, cancellationToken).ConfigureAwait(false);
        }
        catch (NixCommandException error) when (error.Diagnostics.Any(static one => MissingAttribute().IsMatch(one.Message)))
        {
            return null;
        }
    }

    private static void AddIf(List<string> arguments, bool condition, string argument)
    {
        if (condition)
        {
            arguments.Add(argument);
        }
    }

    private static string[] Apply(string? function) => function is null ? [] : ["--apply", function];

    private static string[] List(string? installable) => installable is null ? [] : [installable];

    [GeneratedRegex("^flake '.*' does not provide attribute ", RegexOptions.CultureInvariant)]
    private static partial Regex MissingAttribute();
}
