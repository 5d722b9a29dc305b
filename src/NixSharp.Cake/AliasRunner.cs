using Cake.Core;
using Cake.Core.Diagnostics;

namespace NixSharp.Cake;

/// <summary>Runs asynchronous work for aliases, which scripts call synchronously.</summary>
internal static class AliasRunner
{
    /// <summary>Runs <paramref name="work"/> to its end; its errors become Cake's, with their code in front.</summary>
    public static T Run<T>(ICakeContext context, Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            // On the pool, so that a host with a synchronisation context cannot lock up.
            return Task.Run(work).GetAwaiter().GetResult();
        }
        catch (NixException exception)
        {
            throw new CakeException($"{exception.Code}: {exception.Message}", exception);
        }
    }
}
