using NixSharp.Processes;
using NixSharp.StorePaths;

namespace NixSharp.GitOps.Cachix;

/// <summary>
/// Runs <c>cachix</c>. Tokens come from its own configuration and environment (<c>CACHIX_AUTH_TOKEN</c>,
/// <c>CACHIX_SIGNING_KEY</c>, <c>CACHIX_ACTIVATE_TOKEN</c>) or from <see cref="CachixOptions"/>, never in arguments.
/// </summary>
/// <param name="options">How it is run; null takes the defaults.</param>
public sealed class CachixClient(CachixOptions? options = null)
{
    private readonly CachixOptions _options = options ?? new CachixOptions();

    /// <summary>Uploads store paths, with all that they need, to a cache.</summary>
    /// <exception cref="GitOpsException">cachix failed.</exception>
    /// <exception cref="NixProcessException">cachix is not there.</exception>
    public Task PushAsync(string cache, IReadOnlyCollection<StorePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(cache);
        ArgumentNullException.ThrowIfNull(paths);
        return paths.Count == 0
            ? Task.CompletedTask
            : RunAsync(["push", .. UploadArguments(), cache, .. paths.Select(static path => path.ToString())], cancellationToken);
    }

    /// <summary>Runs a program, and uploads what is built meanwhile; its output is passed to the log.</summary>
    /// <exception cref="GitOpsException">The program or cachix failed.</exception>
    /// <exception cref="NixProcessException">cachix is not there.</exception>
    public Task WatchExecAsync(string cache, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(cache);
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(arguments);
        return RunAsync(["watch-exec", .. UploadArguments(), cache, "--", program, .. arguments], cancellationToken);
    }

    /// <summary>Has agents activate what a specification says.</summary>
    /// <param name="specification">The file, as <see cref="DeploySpec.WriteAsync"/> writes it.</param>
    /// <param name="agents">The agents; none means all that the file names.</param>
    /// <param name="isAsync">Does not wait until the agents are done.</param>
    /// <param name="cancellationToken">Stops waiting; what the agents have begun they finish.</param>
    /// <exception cref="GitOpsException">The file is no deploy specification, names no such agent, or cachix failed.</exception>
    /// <exception cref="NixProcessException">cachix is not there.</exception>
    public async Task ActivateAsync(string specification, IReadOnlyCollection<string>? agents = null, bool isAsync = false, CancellationToken cancellationToken = default)
    {
        var known = await DeploySpec.ReadAsync(specification, cancellationToken: cancellationToken).ConfigureAwait(false);
        agents ??= [];
        if (agents.FirstOrDefault(agent => !known.Agents.ContainsKey(agent)) is { } unknown)
        {
            throw new GitOpsException(
                NixErrorCodes.InvalidDeploySpec,
                $"{specification} has nothing for the agent '{unknown}'. It is for {string.Join(", ", known.Agents.Keys.Order(StringComparer.Ordinal))}.",
                specification);
        }

        List<string> arguments = ["deploy", "activate"];
        if (isAsync)
        {
            arguments.Add("--async");
        }

        arguments.AddRange(agents.SelectMany(static agent => (string[])["--agent", agent]));
        await RunAsync([.. arguments, Path.GetFullPath(specification)], cancellationToken).ConfigureAwait(false);
    }

    private List<string> UploadArguments()
    {
        List<string> arguments = [];
        if (_options.Jobs is { } jobs)
        {
            arguments.AddRange(["--jobs", jobs.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        }

        if (_options.CompressionMethod is { } method)
        {
            arguments.AddRange(["--compression-method", method]);
        }

        return arguments;
    }

    private async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var command = new ProcessCommand(_options.Program, arguments)
        {
            Environment = _options.Environment,
            Secrets = [.. _options.Environment.Values.OfType<string>()],
            OutputLines = _options.Log,
            ErrorLines = _options.Log,
            InstallHint = "nix shell nixpkgs#cachix, or see https://docs.cachix.org",
        };
        var result = await command.TryRunAsync(cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new GitOpsException(NixErrorCodes.CachixFailed, command.FailureMessage(result, "See that the cache or the agents are there, and that the token for them is given."), _options.Program);
        }
    }
}
