using System.Runtime.ExceptionServices;

namespace NixSharp.Stores.Protocol;

/// <summary>An error of the caller's own code, such as a stream that cannot be read: it must not be taken for one of the connection.</summary>
internal sealed class CallerFailure(Exception error) : Exception(error.Message, error)
{
    /// <summary>Throws the error itself.</summary>
    public void Rethrow() => ExceptionDispatchInfo.Throw(InnerException!);

    /// <summary>Runs the caller's code.</summary>
    public static void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            throw new CallerFailure(error);
        }
    }

    /// <summary>Waits for the caller's code.</summary>
    public static async ValueTask<T> GuardAsync<T>(Func<ValueTask<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            throw new CallerFailure(error);
        }
    }

    /// <summary>Waits for the caller's code.</summary>
    public static async ValueTask GuardAsync(Func<ValueTask> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            throw new CallerFailure(error);
        }
    }
}
