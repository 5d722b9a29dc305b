using Microsoft.Build.Framework;
using NixSharp.Flakes;
using NixSharp.Flakes.Logs;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace NixSharp.MSBuild;

/// <summary>
/// What every task here has in common: paths are relative to the project and not to the process, errors come with their
/// code and without a stack trace, and a cancelled build stops the work.
/// </summary>
public abstract class NixTask : MSBuildTask, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>The folder that relative paths are relative to.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>Runs the task; false means that an error was logged.</summary>
    public sealed override bool Execute()
    {
        try
        {
            ExecuteAsync(_cancellation.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            Log.LogMessage(MessageImportance.High, $"{GetType().Name} was cancelled.");
            return false;
        }
        catch (NixCommandException exception) when (exception.Diagnostics.Any(static diagnostic => diagnostic.Position is not null))
        {
            LogDiagnostics(exception);
        }
        catch (NixException exception)
        {
            LogCoded(exception.Code, exception.Message);
            Log.LogMessage(MessageImportance.Low, exception.ToString());
        }
        catch (Exception exception)
        {
            LogCoded(
                NixErrorCodes.UnexpectedFailure,
                $"{GetType().Name} failed in a way that nobody foresaw: {exception.Message} ({exception.GetType().Name}). Run again with -v:detailed for the whole story.");
            Log.LogMessage(MessageImportance.Low, exception.ToString());
        }

        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work.</summary>
    protected abstract Task ExecuteAsync(CancellationToken cancellationToken);

    /// <summary>The absolute form of a path that a project gave.</summary>
    protected string PathOf(string path) => Path.GetFullPath(path, ProjectDirectory);

    /// <summary>Logs what Nix complains of at the places in the expressions, so that an editor leads there.</summary>
    private void LogDiagnostics(NixCommandException exception)
    {
        foreach (var diagnostic in exception.Diagnostics)
        {
            LogCoded(exception.Code, diagnostic.Message, diagnostic.Position);
        }

        Log.LogMessage(MessageImportance.High, "{0}", exception.Message);
        Log.LogMessage(MessageImportance.Low, "{0}", exception.ToString());
    }

    private void LogCoded(string code, string message, NixPosition? position = null) =>
        Log.LogError(
            null,
            code,
            code,
            null,
            position?.File,
            position?.Line ?? 0,
            position?.Column ?? 0,
            0,
            0,
            message.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal),
            []);
}
