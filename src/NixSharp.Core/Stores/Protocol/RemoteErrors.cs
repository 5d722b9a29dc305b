namespace NixSharp.Stores.Protocol;

/// <summary>Gives the errors of a daemon, which are text, the codes that the same errors have elsewhere.</summary>
internal static class RemoteErrors
{
    public static NixStoreException ToException(string store, string request, RemoteFailure failure)
    {
        var text = failure.Message.TrimEnd('.');
        return new NixStoreException(CodeOf(text), $"The store {store} could not do {request}: {text}.", failure);
    }

    private static string CodeOf(string text)
    {
        return Says("is not valid") ? NixErrorCodes.PathNotValid
            : Says("still alive") || Says("in use by") ? NixErrorCodes.PathInUse
            : Says("hash mismatch") || Says("size mismatch") ? NixErrorCodes.NarMismatch
            : NixErrorCodes.DaemonFailed;

        bool Says(string words) => text.Contains(words, StringComparison.Ordinal);
    }
}
