using Microsoft.Win32.SafeHandles;

namespace Ledger.Transparency;

/// <summary>Owns an EVP_PKEY.</summary>
internal sealed class EvpKeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Libcrypto.EVP_PKEY_free(handle);
        return true;
    }
}

/// <summary>Owns an EVP_MD_CTX, which serves one signature or verification.</summary>
internal sealed class EvpDigestContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Libcrypto.EVP_MD_CTX_free(handle);
        return true;
    }
}
